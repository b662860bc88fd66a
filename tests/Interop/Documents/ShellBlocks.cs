using System.Text.RegularExpressions;
using Annex.Testing;
using Annex.Testing.Documents;
using Xunit;

namespace Annex.Interop.Documents;

/// <summary>
/// Commands are not run where they would change the machine, but checked, each word: bash can read them; programs of the repository
/// are there and know their options; projects are there; annexctl knows the command and its options; other programs are installed;
/// what is exported is configuration that the start accepts.
/// </summary>
internal static partial class ShellBlocks
{
    private static readonly string[] Builtins = ["cd", "export", "set", "echo", "umask", "source", "exec", "test", "for", "done", "do", "if", "then", "fi"];

    private static readonly string[] TopLevel = ["Database", "DatabaseFile", "LocalDomains", "Admins"];

    public static async Task RunAsync(FencedBlock block)
    {
        var (exitCode, output) = await ProgramOutput.OfAsync("/bin/bash", ["-n"], block.Text);
        Assert.True(exitCode == 0, $"{block.Place}:\n{output}");
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Continued().Replace(block.Text, " ").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            // The others are the tests' own.
            foreach (var setting in Setting().Matches(line).Where(m => m.Groups["key"].Value is var k
                && (k.Contains("__", StringComparison.Ordinal) || TopLevel.Contains(k))))
                settings[setting.Groups["key"].Value.Replace("__", ":", StringComparison.Ordinal)] = setting.Groups["value"].Value.Trim('\'', '"');
            foreach (var command in Separator().Split(Quoted().Replace(line, "''")))
                await CheckAsync(block, command);
        }
        if (settings.Count > 0)
            await JsonBlocks.CheckAsync(block, settings);
    }

    private static async Task CheckAsync(FencedBlock block, string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SkipWhile(w => w is "sudo" or "\\" || Assignment().IsMatch(w)).TakeWhile(w => !w.StartsWith('#')).ToArray();
        if (words.Length == 0 || Builtins.Contains(words[0]) || words[0].StartsWith('>'))
            return;
        var program = words[0];
        var inRepository = Path.Combine(RepositoryRoot.Path, program);
        if (program is "annexctl")
            await CheckAnnexctlAsync(block, words);
        else if (program is "dotnet")
            Assert.All(words.Where(w => w.StartsWith("services/", StringComparison.Ordinal) || w.StartsWith("bench/", StringComparison.Ordinal)
                || w.StartsWith("tests/", StringComparison.Ordinal) || w is "host"),
                p => Assert.True(Path.Exists(Path.Combine(RepositoryRoot.Path, p)) || p.Contains("/bin/", StringComparison.Ordinal), $"{block.Place}: {p} is not there"));
        else if (program.StartsWith("./", StringComparison.Ordinal) || File.Exists(inRepository))
        {
            Assert.True(File.Exists(inRepository), $"{block.Place}: {program} is not there");
            var text = await File.ReadAllTextAsync(inRepository);
            Assert.All(words.Where(w => w.StartsWith("--", StringComparison.Ordinal)),
                o => Assert.True(text.Contains(o.Split('=')[0], StringComparison.Ordinal), $"{block.Place}: {program} does not know {o}"));
        }
        else
        {
            var (exitCode, _) = await ProgramOutput.OfAsync("/bin/bash", ["-c", "PATH=$PATH:/usr/sbin:/sbin command -v -- \"$0\"", program]);
            Assert.True(exitCode == 0, $"{block.Place}: {program} is not installed here, so that nobody knows whether this is right");
        }
    }

    // The words up to the first that is no command, with --help: it refuses what it does not know.
    private static async Task CheckAnnexctlAsync(FencedBlock block, string[] words)
    {
        var assembly = Directory.Exists(Path.Combine(RepositoryRoot.Path, "tools"))
            ? Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "tools"), "annexctl.dll", SearchOption.AllDirectories)
                .Where(f => f.Contains("/bin/", StringComparison.Ordinal)).MaxBy(File.GetLastWriteTimeUtc) : null;
        Assert.True(assembly is not null, $"{block.Place}: annexctl was not built");
        var commands = words.Skip(1).TakeWhile(w => w.All(c => char.IsAsciiLetterLower(c) || c == '-') && !w.StartsWith('-')).ToArray();
        for (var n = commands.Length; n >= 0; n--)
        {
            var (exitCode, help) = await ProgramOutput.OfAsync("dotnet", [assembly!, .. commands[..n], "--help"]);
            // What follows the last command may be an argument that looks like one.
            if (exitCode != 0 && n > 1)
                continue;
            Assert.True(exitCode == 0, $"{block.Place}: {help}");
            Assert.All(words.Where(w => w.StartsWith("--", StringComparison.Ordinal)),
                o => Assert.True(help.Contains(o.Split('=')[0], StringComparison.Ordinal), $"{block.Place}: annexctl {string.Join(' ', commands[..n])} does not know {o}"));
            return;
        }
    }

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex(@"\bANNEX_(?<key>[A-Za-z0-9_]+)=(?<value>'[^']*'|""[^""]*""|\S*)")]
    private static partial Regex Setting();

    [GeneratedRegex(@"'[^']*'|""[^""]*""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\s*(?:&&|\|\||[|;])\s*")]
    private static partial Regex Separator();

    [GeneratedRegex(@"^\w+=")]
    private static partial Regex Assignment();
}
