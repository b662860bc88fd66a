using System.Collections.Concurrent;
using Annex.Contracts.Muc.V1;
using Grpc.Core;

namespace Annex.Scenarios.Search;

/// <summary>A room directory that lists what the test says.</summary>
public sealed class ScriptedMuc : RoomDirectory.RoomDirectoryBase
{
    public ConcurrentDictionary<string, Room> Rooms { get; } = new();

    /// <summary>Bare JIDs by room.</summary>
    public ConcurrentDictionary<string, string[]> Owners { get; } = new();

    public Services.ScriptedBans Bans { get; } = new();

    public bool IsAway { get; set; }

    public override async Task ListRooms(
        ListRoomsRequest request, IServerStreamWriter<Room> responseStream, ServerCallContext context)
    {
        if (IsAway)
            throw new RpcException(new Status(StatusCode.Unavailable, "away"));
        foreach (var room in Rooms.Values.OrderBy(r => r.Jid, StringComparer.Ordinal))
            await responseStream.WriteAsync(room);
    }

    public override async Task ListAffiliations(
        ListAffiliationsRequest request, IServerStreamWriter<RoomAffiliation> responseStream, ServerCallContext context)
    {
        if (!Owners.TryGetValue(request.Room, out var owners))
            throw new RpcException(new Status(StatusCode.NotFound, "no such room"));
        foreach (var owner in owners)
            await responseStream.WriteAsync(new RoomAffiliation { Jid = owner, Affiliation = Affiliation.Owner });
    }
}
