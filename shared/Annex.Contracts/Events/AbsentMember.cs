namespace Annex.Contracts.Events;

/// <summary>A member of a room who was not in it when a message was posted.</summary>
public sealed record AbsentMember
{
    /// <summary>Bare JID, prepared.</summary>
    public required string Jid { get; init; }

    /// <summary>The message names this member's registered nick or JID (by text, XEP-0372 or XEP-0513).</summary>
    public bool IsMentioned { get; init; }
}
