using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>What the moderation desk wants stored beside a room's own state.</summary>
internal abstract record DeskChange : RoomChange;

/// <summary>Somebody has lost his voice.</summary>
internal sealed record MuteStored(MuteRecord Mute) : DeskChange;

/// <summary>A voice was given back, or the mute ran out.</summary>
internal sealed record MuteRemoved(Jid Subject) : DeskChange;

/// <summary>The room's vCard; null: it has none any more.</summary>
internal sealed record VCardStored(byte[]? VCard) : DeskChange;

/// <summary>A line of the audit log.</summary>
/// <param name="Actor">Bare JID, or one of <see cref="AuditActors"/>.</param>
/// <param name="Target">Bare JID or domain; null where it concerns nobody.</param>
/// <param name="Details">JSON, or null where the action says it all. Never text that somebody wrote to the
/// room.</param>
internal sealed record AuditRecord(DateTimeOffset At, string Actor, string Action, string? Target, string? Reason,
    string? Details) : DeskChange;
