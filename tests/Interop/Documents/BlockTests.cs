using Annex.Testing;
using Annex.Testing.Documents;
using Xunit;

namespace Annex.Interop.Documents;

/// <summary>Everything that README.md and docs/ show in a fenced block is true: configuration is read by what it is for, commands are
/// there with their options, examples are parts of programs that the tests run. A block of a language without a runner fails.</summary>
public sealed class BlockTests
{
    private static readonly Dictionary<string, Func<FencedBlock, Task>> Runners = new(StringComparer.Ordinal)
    {
        ["json"] = JsonBlocks.RunAsync,
        ["sh"] = ShellBlocks.RunAsync,
        ["bash"] = ShellBlocks.RunAsync,
        ["lua"] = ProsodyBlocks.RunAsync,
        ["yaml"] = YamlBlocks.RunAsync,
        ["yml"] = YamlBlocks.RunAsync,
        ["nginx"] = NginxBlocks.RunAsync,
        ["xml"] = XmlBlocks.RunAsync,
        ["sql"] = SqlBlocks.RunAsync,
        ["ini"] = IniBlocks.RunAsync,
        ["conf"] = IniBlocks.RunAsync,
        ["python"] = ScriptBlocks.RunPythonAsync,
        ["js"] = ScriptBlocks.RunNodeAsync,
        ["javascript"] = ScriptBlocks.RunNodeAsync,
    };

    public static TheoryData<string> Places => [.. FencedBlock.ReadAll().Where(b => b.NotRun is null).Select(b => b.Place)];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task It_is_as_the_document_shows_it(string place)
    {
        var block = FencedBlock.ReadAll().Single(b => b.Place == place);
        if (block.PartOf is { } file)
        {
            CheckPart(block, file);
            return;
        }
        Assert.True(Runners.TryGetValue(block.Language, out var run),
            $"{place}: nobody runs \"{block.Language}\". Write a runner, or above it <!-- not-run: reason --> or <!-- file: path -->.");
        await run(block);
    }

    // Line by line, whatever the indentation: a document may show a piece out of the middle.
    private static void CheckPart(FencedBlock block, string file)
    {
        var path = Path.Combine(RepositoryRoot.Path, file);
        Assert.True(File.Exists(path), $"{block.Place}: {file} is not there");
        Assert.True(Lines(File.ReadAllText(path)).Contains(Lines(block.Text), StringComparison.Ordinal),
            $"{block.Place} is not what stands in {file}");
    }

    private static string Lines(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)) + "\n";
}
