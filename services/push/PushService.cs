using Annex.Hosting;

namespace Annex.Push;

/// <summary>What the process is made of.</summary>
public static class PushService
{
    public static AnnexService Definition { get; } = new("Push", Configure);

    private static void Configure(AnnexServiceBuilder service)
    {
    }
}
