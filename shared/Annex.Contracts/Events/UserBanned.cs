namespace Annex.Contracts.Events;

/// <summary>Somebody, or a whole domain, is banned from all services.</summary>
public sealed record UserBanned
{
    /// <summary>A bare JID, or a domain.</summary>
    public required string Subject { get; init; }

    public string? Reason { get; init; }

    /// <summary>Null: until it is lifted.</summary>
    public DateTimeOffset? Until { get; init; }

    public DateTimeOffset At { get; init; }
}
