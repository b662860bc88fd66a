using Annex.Contracts.Search.V1;
using Annex.Search.Index;
using Google.Protobuf.WellKnownTypes;

namespace Annex.Search.Rpc;

/// <summary>Rooms as the contract has them.</summary>
internal static class RpcRooms
{
    public static IndexedRoom ToRoom(RoomHit room)
    {
        var indexed = new IndexedRoom
        {
            Jid = room.Jid,
            Name = room.Name,
            Description = room.Description,
            Occupants = room.Occupants,
            IsOpen = room.IsOpen,
            IsNonAnonymous = room.IsNonAnonymous,
            IsModerated = room.IsModerated,
            IsNsfw = room.IsNsfw,
            Activity = room.Activity,
            FirstSeen = room.FirstSeen.ToTimestamp(),
            LastSeen = room.LastSeen.ToTimestamp(),
            Source = room.IsOurs ? "suite" : room.Jid[(room.Jid.IndexOf('@', StringComparison.Ordinal) + 1)..],
        };
        if (room.Language is not null)
            indexed.Language = room.Language;
        indexed.Tags.AddRange(room.Tags);
        indexed.Flags.AddRange(room.Flags);
        return indexed;
    }
}
