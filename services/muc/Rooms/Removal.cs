using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>Why somebody is no longer at a nick: status code, who did it, the reason, what the presence says.</summary>
internal readonly record struct Removal(int Code, string? ActorNick = null, string? Reason = null, string? NewNick =
    null)
{
    /// <summary>Left by its own will: no code.</summary>
    public static readonly Removal Own = new(0);

    /// <summary>§18.1.2: an error said that nobody is there any more. Never with 307.</summary>
    public static readonly Removal Error = new(333);

    /// <summary>§10.2: the room became members-only.</summary>
    public static readonly Removal NotMember = new(322);

    /// <summary>§7.6: still here, under another nick.</summary>
    public static Removal NickChange(string nick) => new(303, NewNick: nick);

    /// <summary>§8.2</summary>
    public static Removal Kick(string? actorNick, string? reason) => new(307, actorNick, reason);

    /// <summary>§9.1</summary>
    public static Removal Ban(string? actorNick, string? reason) => new(301, actorNick, reason);

    /// <summary>§9.4: no longer a member of a members-only room.</summary>
    public static Removal LostMembership(string? actorNick, string? reason) => new(321, actorNick, reason);
}

/// <summary>An owner's (or operator's) word that a room ends (§10.9).</summary>
internal sealed record Destruction(Jid By, Jid? Alternate, string? Password, string? Reason);
