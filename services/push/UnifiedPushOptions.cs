namespace Annex.Push;

/// <summary>Section Push:UnifiedPush.</summary>
public sealed class UnifiedPushOptions
{
    /// <summary>Serve as a UnifiedPush distributor for XMPP clients, which needs Push:Http.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long an endpoint stands until its client renews it. Clients renew within their last day.</summary>
    public TimeSpan Expiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Messages kept for one endpoint whose client is away.</summary>
    public int MaxStored { get; set; } = 50;

    /// <summary>Messages a minute that one endpoint takes.</summary>
    public int MaxPerMinute { get; set; } = 60;

    /// <summary>Endpoints of one user.</summary>
    public int MaxPerUser { get; set; } = 100;
}
