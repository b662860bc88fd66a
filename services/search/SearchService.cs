using Annex.Hosting;

namespace Annex.Search;

/// <summary>What the process is made of.</summary>
public static class SearchService
{
    public static AnnexService Definition { get; } = new("Search", Configure);

    private static void Configure(AnnexServiceBuilder service)
    {
    }
}
