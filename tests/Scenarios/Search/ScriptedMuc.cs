using System.Collections.Concurrent;
using System.Threading.Channels;
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

    /// <summary>Told to whoever watches; null: as a muc that does not know the call.</summary>
    public Channel<RoomNews>? News { get; set; }

    /// <summary>GetRoom was called for it.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public override async Task WatchRooms(
        WatchRoomsRequest request, IServerStreamWriter<RoomNews> responseStream, ServerCallContext context)
    {
        if (News is not { } news)
            throw new RpcException(new Status(StatusCode.Unimplemented, ""));
        await responseStream.WriteAsync(new RoomNews());
        await foreach (var room in news.Reader.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(room);
        throw new RpcException(new Status(StatusCode.ResourceExhausted, "too far behind"));
    }

    public override Task<Room> GetRoom(GetRoomRequest request, ServerCallContext context)
    {
        Asked.Enqueue(request.Room);
        return Task.FromResult(Rooms.Values.FirstOrDefault(r => r.Jid == request.Room)
            ?? throw new RpcException(new Status(StatusCode.NotFound, "no such room")));
    }

    public override async Task ListRooms(
        ListRoomsRequest request, IServerStreamWriter<Room> responseStream, ServerCallContext context)
    {
        if (IsAway)
            throw new RpcException(new Status(StatusCode.Unavailable, "away"));
        foreach (var room in Rooms.Values.Where(r => request.IncludeClosed || !(r.IsMembersOnly || r.HasPassword)).OrderBy(r => r.Jid, StringComparer.Ordinal))
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
