using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Annex.House;

/// <summary>The source tree these tests read: found from this file's own place, so that it works from any folder.</summary>
internal static partial class Repository
{
    private static readonly string[] NotSource = ["/bin/", "/obj/", "/node_modules/", "/Migrations/", "/.annex/", "/artifacts/"];

    public static string Root { get; } = FindRoot();

    public static string Read(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    /// <summary>All C# files below the folders, as paths relative to the root with forward slashes; generated ones left out.</summary>
    public static IReadOnlyList<string> Sources(params string[] folders) =>
    [
        .. folders.Select(f => Path.Combine(Root, f)).Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*.cs", SearchOption.AllDirectories))
            .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
            .Where(f => !NotSource.Any(('/' + f).Contains))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The file's lines without comments and string literals: what the compiler sees, near enough for these rules.</summary>
    public static IReadOnlyList<string> Code(string relativePath)
    {
        var text = BlockComment().Replace(Read(relativePath), m => new string('\n', m.Value.Count(c => c == '\n')));
        return [.. text.Split('\n').Select(line => LineComment().Replace(Literal().Replace(line, "\"\""), ""))];
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        for (var folder = Path.GetDirectoryName(here); folder != null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Annex.slnx"))) return folder;
        }
        throw new InvalidOperationException("Annex.slnx was not found above the tests' sources.");
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex BlockComment();

    [GeneratedRegex(@"//.*$")]
    private static partial Regex LineComment();

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"
        """)]
    private static partial Regex Literal();
}
