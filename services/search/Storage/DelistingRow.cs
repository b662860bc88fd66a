namespace Annex.Search.Storage;

/// <summary>A room or a domain that is not to be listed, whatever the crawler or an event says.</summary>
public sealed class DelistingRow
{
    /// <summary>A room's bare JID or a domain, which then goes for its subdomains too.</summary>
    public required string Subject { get; set; }

    /// <summary>See <see cref="DelistingStore"/>.</summary>
    public required string By { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset At { get; set; }
}
