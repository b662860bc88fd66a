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

    /// <summary>Messages a minute over all endpoints of one user.</summary>
    public int MaxPerMinutePerUser { get; set; } = 300;

    /// <summary>How long a message is kept whose app server names no TTL.</summary>
    public TimeSpan DefaultTimeToLive { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The longest that a message is kept, whatever its TTL.</summary>
    public TimeSpan MaxTimeToLive { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Endpoints of one user.</summary>
    public int MaxPerUser { get; set; } = 100;
}
