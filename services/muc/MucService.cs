using Annex.Hosting;

namespace Annex.Muc;

/// <summary>What the process is made of.</summary>
public static class MucService
{
    public static AnnexService Definition { get; } = new("Muc", Configure);

    private static void Configure(AnnexServiceBuilder service)
    {
    }
}
