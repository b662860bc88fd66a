using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>Somebody, or a whole domain, who is in no room of this service.</summary>
/// <param name="Subject">Bare JID or domain.</param>
/// <param name="Until">Null: until it is lifted.</param>
/// <param name="By">Bare JID, or one of <see cref="AuditActors"/>.</param>
internal sealed record ServiceBan(Jid Subject, string? Reason, DateTimeOffset? Until, DateTimeOffset At, string By);
