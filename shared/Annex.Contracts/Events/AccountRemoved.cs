namespace Annex.Contracts.Events;

/// <summary>The account is gone from its server: every service forgets it.</summary>
public sealed record AccountRemoved
{
    /// <summary>Bare JID.</summary>
    public required string Jid { get; init; }

    public DateTimeOffset At { get; init; }
}
