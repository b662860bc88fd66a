using Annex.Scenarios.Search;
using Annex.Testing;
using Xunit;

namespace Annex.Interop.Search;

/// <summary>The pages in a browser. Pictures of them are left in artifacts/, to be looked at.</summary>
public sealed class PagesTests
{
    [Fact]
    public async Task Pages_fit_every_width_please_axe_and_work_by_keyboard_and_without_JavaScript()
    {
        await using var search = await SearchHost.StartAsync(
            ("Search:AbuseContact", "mailto:abuse@example.org"), ("Search:MaxRequestsPerAddress", "100000"));
        await SampleRooms.FillAsync(search);
        var shots = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "artifacts")).FullName;
        var output = await NodeProgram.RunAsync("tests/Interop/Search/node", "pages.mjs",
            search.Http.BaseAddress!.GetLeftPart(UriPartial.Authority), "jazz@rooms.example.org", shots);
        Assert.Contains("axe found nothing on 13 pages", output, StringComparison.Ordinal);
        Assert.Contains("without JavaScript", output, StringComparison.Ordinal);
    }
}
