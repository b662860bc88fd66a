using Annex.Testing.Documents;
using Xunit;
using Xunit.Abstractions;

namespace Annex.House;

/// <summary>What documents show is run by tests/Interop/Documents, or says why not. Here it is counted.</summary>
public sealed class DocumentBlocksTests(ITestOutputHelper output)
{
    /// <summary>One in ten at most.</summary>
    private const int FewestRunOfTen = 9;

    [Fact]
    public void Blocks_that_nobody_runs_say_why_and_are_few()
    {
        var blocks = FencedBlock.ReadAll();
        var notRun = blocks.Where(b => b.NotRun is not null).ToList();
        output.WriteLine($"{blocks.Count} fenced blocks, {notRun.Count} not run");
        Assert.All(notRun, b =>
        {
            output.WriteLine($"{b.Place} ({b.Language}): {b.NotRun}");
            Assert.True(b.NotRun!.Length >= 10, $"{b.Place} does not say why");
        });
        Assert.True((blocks.Count - notRun.Count) * 10 >= blocks.Count * FewestRunOfTen, $"{notRun.Count} of {blocks.Count} are not run");
    }

    [Fact]
    public void Every_block_names_its_language() =>
        Assert.All(FencedBlock.ReadAll(), b => Assert.True(b.Language.Length > 0 || b.NotRun is not null, $"{b.Place} names no language"));
}
