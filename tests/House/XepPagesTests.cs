using System.Text.RegularExpressions;
using Xunit;

namespace Annex.House;

/// <summary>The tables of specifications are current, and every row is proven.</summary>
public sealed partial class XepPagesTests
{
    [Fact]
    public void The_table_and_doap_are_current()
    {
        foreach (var (file, text) in new[] { (XepPages.Table, XepPages.WriteTable()), (XepPages.Doap, XepPages.WriteDoap()) })
        {
            if (Environment.GetEnvironmentVariable("ANNEX_WRITE_DOCS") == "1")
                File.WriteAllText(Path.Combine(Repository.Root, file), text);
            // Which scenarios prove a row changes with every new test: those that it names have to be proofs, no more.
            Assert.Equal(WithoutProofs(text), WithoutProofs(Repository.Read(file)));
        }
        var proofs = Xep.All.SelectMany(XepPages.ProofsOf).ToHashSet();
        Assert.All(Proof().Matches(Repository.Read(XepPages.Table)), m => Assert.Contains(m.Groups[1].Value, proofs));
    }

    [Fact]
    public void Nothing_is_called_supported_that_no_source_has_and_no_scenario_proves()
    {
        Assert.All(Xep.All, x =>
        {
            Assert.True(XepPages.ServicesOf(x).Count > 0, $"{x.Name}: no source has {x.Mark}");
            Assert.True(XepPages.ProofsOf(x).Count > 0, $"{x.Name}: no scenario has {x.Mark}");
        });
    }

    private static string WithoutProofs(string text) => LastCell().Replace(text, "");

    [GeneratedRegex(@"\| [^|]*\|$", RegexOptions.Multiline)]
    private static partial Regex LastCell();

    [GeneratedRegex(@"\]\(\.\./([^)]+)\)")]
    private static partial Regex Proof();

    [Fact]
    public void Every_extension_of_rooms_has_its_row() => Assert.Empty(XepPages.FindMissing().Distinct());
}
