using Annex.Hosting;

namespace Annex.TurnDiscovery;

/// <summary>What the process is made of.</summary>
public static class TurnDiscoveryService
{
    public static AnnexService Definition { get; } = new("TurnDiscovery", Configure);

    private static void Configure(AnnexServiceBuilder service)
    {
    }
}
