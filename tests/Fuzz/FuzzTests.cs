using Xunit;

namespace Annex.Fuzz;

/// <summary>
/// A short run of each target; a long one is <c>dotnet run --project tests/Fuzz -- seconds [target]</c>, which keeps
/// what it finds under Crashes/.
/// </summary>
public class FuzzTests
{
    // Half a minute in all.
    private const double SecondsEach = 3.3;

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    public static IEnumerable<object[]> Kept =>
        FuzzTargets.Names.SelectMany(t =>
            FuzzCorpus.Files(FuzzCorpus.Folder, t).Select(f => new object[] { t, Path.GetFileName(f) }));

    [Theory]
    [MemberData(nameof(Kept))]
    public void An_input_that_once_broke_something_does_not_any_more(string target, string file)
    {
        string path = FuzzCorpus.Files(FuzzCorpus.Folder, target).Single(f => Path.GetFileName(f) == file);
        FuzzTargets.Find(target)(File.ReadAllBytes(path));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_short_run_finds_nothing(string target)
    {
        var report = new Instrumented().Run(target, SecondsEach, seed: 1, FuzzCorpus.Folder);
        Assert.True(report.Crash is null, report.ToString());
        // Without feedback from the instrumented code neither would grow.
        Assert.True(report.Edges > 50 && report.Corpus > 10, report.ToString());
    }
}
