using System.Text.RegularExpressions;
using Xunit;

namespace Annex.House;

/// <summary>docs/security.md names a test for each threat: these tests are there.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void Every_threat_names_a_test_that_is_there()
    {
        var rows = Row().Matches(Repository.Read("docs/security.md")).Where(m => !m.Value.Contains("---", StringComparison.Ordinal) && !m.Value.StartsWith("| Threat", StringComparison.Ordinal)).ToList();
        Assert.True(rows.Count >= 20, "docs/security.md has hardly any threat");
        var tests = Repository.Sources("tests").Select(f => (Name: Path.GetFileNameWithoutExtension(f), Text: Repository.Read(f)))
            .ToLookup(t => t.Name, t => t.Text);
        Assert.All(rows, row =>
        {
            var named = Named().Matches(row.Value).ToList();
            Assert.True(named.Count > 0, $"no test: {row.Value}");
            Assert.All(named, n => Assert.True(
                tests[n.Groups[1].Value].Any(t => t.Contains($" {n.Groups[2].Value}(", StringComparison.Ordinal)), $"{n.Value} is not there"));
        });
    }

    [GeneratedRegex(@"^\| .* \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    // `File.Method_as_a_sentence`
    [GeneratedRegex(@"`(\w+)\.(\w+)`")]
    private static partial Regex Named();
}
