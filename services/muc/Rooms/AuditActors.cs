using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>Who stands in the audit log, and in bans and mutes, where it is no person of the room.</summary>
internal static class AuditActors
{
    /// <summary>By a call or from the command line.</summary>
    public const string Operator = "operator";

    /// <summary>By itself: a time that ran out, a block list.</summary>
    public const string Service = "service";

    /// <summary>In the place of somebody whose account was removed.</summary>
    public const string Erased = "erased";

    public static string Of(Jid? actor, ChatService service) =>
        actor is null ? Service : actor.Equals(service.Jid) ? Operator : actor.Bare.ToString();
}
