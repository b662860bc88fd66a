using Annex.Muc.Rooms;

namespace Annex.Muc.Storage;

/// <summary>Table muc.occupants: who is in which room, so that they still are after a restart.</summary>
internal sealed class OccupantRow
{
    public required string Room { get; set; }

    /// <summary>Full JID.</summary>
    public required string Session { get; set; }

    public required string Nick { get; set; }

    public Role Role { get; set; }

    public byte[]? Presence { get; set; }
}
