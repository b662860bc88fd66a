using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>A person without voice in one room, whatever role the room would give.</summary>
/// <param name="Subject">Bare JID.</param>
/// <param name="Until">Null: until it is given back.</param>
/// <param name="By">Bare JID, or one of <see cref="AuditActors"/>.</param>
internal sealed record MuteRecord(Jid Subject, DateTimeOffset? Until, string? Reason, string By, DateTimeOffset At);
