using Xunit;

namespace Annex.TurnDiscovery.Tests;

/// <summary>What docs/turn-discovery.md tells operators to paste is what the tests run.</summary>
public sealed class SnippetTests
{
    [Theory]
    [InlineData("lua", "deploy/prosody/annex.cfg.lua")]
    [InlineData("yaml", "deploy/ejabberd/annex.yml")]
    public void Every_line_of_a_snippet_stands_in_the_file_that_is_tested(string language, string file)
    {
        var known = File.ReadAllLines(Path.Combine(Root(), file)).Select(l => l.Trim()).ToHashSet();
        var page = File.ReadAllText(Path.Combine(Root(), "docs/turn-discovery.md"));
        var start = page.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        var lines = page[start..page.IndexOf("```", start, StringComparison.Ordinal)].Split('\n').Select(l => l.Trim())
            .Where(l => l.Length > 0).ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains(line, known));
    }

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Annex.slnx")))
            at = at.Parent;
        return at.FullName;
    }
}
