namespace Annex.TurnDiscovery;

/// <summary>What one user may ask.</summary>
public sealed class LimitOptions
{
    /// <summary>Requests of one bare JID in a minute, in the long run. Monal asks once per service, the others once per call.</summary>
    public int RequestsPerMinute { get; set; } = 60;

    /// <summary>Requests of one bare JID at once.</summary>
    public int Burst { get; set; } = 30;

    /// <summary>Users that are remembered; beyond that the ones that have been quiet longest are forgotten.</summary>
    public int MaxUsers { get; set; } = 10_000;

    /// <summary>Sessions that are pushed changes (XEP-0215 §3.2).</summary>
    public int MaxSubscribers { get; set; } = 10_000;
}
