using System.Runtime.InteropServices;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

internal enum RoomCommandKind : byte
{
    /// <summary>A stanza to the room or to one of its occupants.</summary>
    Stanza,

    /// <summary>The time that the room asked for has come.</summary>
    Tick,

    /// <summary>What the room waits for is durable.</summary>
    Stored,

    /// <summary>What the room waits for will never be durable.</summary>
    Refused,

    /// <summary>Something from inside the service: see <see cref="RoomCall"/>.</summary>
    Call,
}

/// <summary>One input of a room. Whoever takes it out of the mailbox owns the stanza.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct RoomCommand(RoomCommandKind kind, Stanza? stanza = null, RoomCall? call = null)
{
    public RoomCommandKind Kind { get; } = kind;

    public Stanza? Stanza { get; } = stanza;

    public RoomCall? Call { get; } = call;

    public static RoomCommand Of(Stanza stanza) => new(RoomCommandKind.Stanza, stanza);

    public static RoomCommand Of(RoomCall call) => new(RoomCommandKind.Call, null, call);
}

/// <summary>A request to a room that is no stanza: administration, commands, checks. Runs in the room's turn, alone
/// with it.</summary>
internal abstract class RoomCall
{
    public abstract void Apply(Room room, Effects effects);

    /// <summary>The mailbox was full or the room could not be loaded: nothing was done.</summary>
    public virtual void Refuse()
    {
    }
}
