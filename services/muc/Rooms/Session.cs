using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>One full JID in a room. 100,000 of these are ordinary: see Occupant.</summary>
internal sealed class Session(Jid jid)
{
    /// <summary>A presence without language or payload.</summary>
    public static readonly byte[] PlainPresence = ">"u8.ToArray();

    /// <summary>The real full JID.</summary>
    public Jid Jid { get; } = jid;

    public Occupant Occupant { get; set; } = null!;

    /// <summary>What follows the last attribute of the head in this session's presence: perhaps xml:lang and
    /// declarations, the closing bracket, and the payload without what only the room may say.</summary>
    public byte[] Presence { get; set; } = PlainPresence;

    public sbyte Priority { get; set; }

    /// <summary>Place in the room's list of sessions; the list keeps it.</summary>
    public int Index { get; set; }

    /// <summary>Joined before this process started: to be asked once whether it is still there (a ghost
    /// otherwise).</summary>
    public bool IsRestored { get; set; }

    /// <summary>How fast this session sends.</summary>
    public RateLimit Rate;
}
