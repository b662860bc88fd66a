using System.Runtime.InteropServices;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

internal enum EffectKind : byte
{
    /// <summary>One stanza to one address.</summary>
    Send,

    /// <summary>One stanza to every session of a moment but some: the body is written once, the head per
    /// session.</summary>
    Broadcast,

    /// <summary>The presence of all who are shown, to one session that entered: written occupant by occupant while it is
    /// sent, since in a large room it is larger than all else together. The room's state is that of the command, which
    /// ends with its effects' delivery.</summary>
    Roster,

    /// <summary>Something to be stored: see <see cref="RoomChange"/>.</summary>
    Store,

    /// <summary>The stanzas before it may go only when what is stored so far is durable; the room waits for the
    /// outcome.</summary>
    Await,

    /// <summary>Wake the room at this time.</summary>
    Wake,

    /// <summary>The room is listed so, or (null) no longer.</summary>
    List,

    /// <summary>The room does not exist any more.</summary>
    End,
}

/// <summary>When an effect happens, where that depends on whether a message could be stored.</summary>
internal enum EffectCondition : byte { Always, IfStored, IfRefused }

/// <summary>One thing that a room wants done, in order. Its bytes stand in the buffer of the Effects that it belongs
/// to.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Effect
{
    public EffectKind Kind;
    public EffectCondition Condition;
    public StanzaKind Stanza;

    /// <summary>A presence for those who see no real JID has its tail here, for those who do in OpenTail (length 0: the
    /// same).</summary>
    public int Head, HeadLength, Tail, TailLength, OpenTail, OpenTailLength;

    public Jid? To;
    public Session[]? Recipients;
    public int RecipientCount;
    public Occupant? ExceptOccupant;
    public Session? ExceptSession;
    public Session? Viewer;
    public object? Data;
}
