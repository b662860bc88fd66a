namespace Annex.Contracts.Events;

/// <summary>A message was stored in a room that has members who were away. One event per message; none where nobody is away.</summary>
public sealed record RoomMessagePosted
{
    public required string Room { get; init; }

    /// <summary>The room's name, or "".</summary>
    public string RoomName { get; init; } = "";

    /// <summary>The room's stanza-id (XEP-0359).</summary>
    public required string StanzaId { get; init; }

    public required string SenderNick { get; init; }

    /// <summary>Bare JID; null in a room that hides its occupants from each other.</summary>
    public string? SenderJid { get; init; }

    public IReadOnlyList<AbsentMember> Absent { get; init; } = [];

    public bool HasBody { get; init; }

    public bool IsEncrypted { get; init; }

    public string? Thread { get; init; }

    /// <summary>Null unless the operator asked for bodies in notifications; always null for an encrypted message.</summary>
    public string? Body { get; init; }

    public DateTimeOffset At { get; init; }
}
