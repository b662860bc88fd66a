using System.Text.RegularExpressions;

namespace Annex.Testing.Documents;

/// <summary>
/// A fenced block of README.md or docs/. Each has a runner by its language, or says in an HTML comment right above it why not:
/// <c>&lt;!-- not-run: reason --&gt;</c>; or it is part of a file that the tests run: <c>&lt;!-- file: path --&gt;</c>.
/// </summary>
/// <param name="Line">Of its opening fence, from 1.</param>
/// <param name="Language">As it stands behind the fence; empty for none.</param>
public sealed partial record FencedBlock(string File, int Line, string Language, string Text)
{
    /// <summary>Why nobody runs it, or null.</summary>
    public string? NotRun { get; init; }

    /// <summary>The file that it is a part of, or null.</summary>
    public string? PartOf { get; init; }

    public string Place => $"{File}:{Line}";

    public static IReadOnlyList<string> Documents =>
    [
        "README.md",
        .. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(RepositoryRoot.Path, f)).Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<FencedBlock> ReadAll() => [.. Documents.SelectMany(Read)];

    private static IEnumerable<FencedBlock> Read(string file)
    {
        var lines = System.IO.File.ReadAllText(Path.Combine(RepositoryRoot.Path, file)).ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (Opening().Match(lines[i]) is not { Success: true } opening)
                continue;
            var (indent, fence) = (opening.Groups["indent"].Length, opening.Groups["fence"].Value);
            var end = Array.FindIndex(lines, i + 1, l => l.Trim().StartsWith(fence, StringComparison.Ordinal) && l.Trim().All(c => c == fence[0]));
            if (end < 0)
                throw new InvalidDataException($"{file}:{i + 1}: the block does not end");
            var text = string.Join('\n', lines[(i + 1)..end].Select(l => l.Length >= indent ? l[indent..] : l.TrimStart()));
            yield return WithMarker(new FencedBlock(file, i + 1, opening.Groups["language"].Value, text), lines, i);
            i = end;
        }
    }

    private static FencedBlock WithMarker(FencedBlock block, string[] lines, int fence)
    {
        var above = fence - 1;
        while (above >= 0 && lines[above].Trim().Length == 0)
            above--;
        return above >= 0 && Marker().Match(lines[above].Trim()) is { Success: true } marker
            ? marker.Groups["kind"].Value == "file"
                ? block with { PartOf = marker.Groups["value"].Value }
                : block with { NotRun = marker.Groups["value"].Value }
            : block;
    }

    [GeneratedRegex(@"^(?<indent> *)(?<fence>```+|~~~+)(?<language>[\w+-]*)")]
    private static partial Regex Opening();

    [GeneratedRegex("^<!-- (?<kind>not-run|file): *(?<value>.*?) *-->$")]
    private static partial Regex Marker();
}
