namespace Annex.Contracts.Events;

/// <summary>A service-wide ban was lifted or ran out.</summary>
public sealed record UserUnbanned
{
    /// <summary>A bare JID, or a domain.</summary>
    public required string Subject { get; init; }

    public DateTimeOffset At { get; init; }
}
