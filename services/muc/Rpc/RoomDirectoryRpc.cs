using Annex.Contracts.Events;
using Annex.Muc.Archive;
using Annex.Muc.Rooms;
using Annex.Muc.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Xml;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using V1 = Annex.Contracts.Muc.V1;

namespace Annex.Muc.Rpc;

/// <summary>annex.muc.v1.RoomDirectory: the list of rooms for the directory, and administration for operators.</summary>
internal sealed class RoomDirectoryRpc(RoomDirectory directory, RoomCatalog catalog, ArchiveReader archive)
    : V1.RoomDirectory.RoomDirectoryBase
{
    private const int MaxFound = 1000;

    public override async Task ListRooms(V1.ListRoomsRequest request, IServerStreamWriter<V1.Room> responseStream,
        ServerCallContext context)
    {
        var left = request.Limit > 0 ? request.Limit : int.MaxValue;
        await foreach (var room in catalog.ListAsync(request.After, request.Contains, request.OnlyListed, context.CancellationToken))
        {
            await responseStream.WriteAsync(Describe(room));
            if (--left == 0)
                return;
        }
    }

    public override async Task<V1.Room> GetRoom(V1.GetRoomRequest request, ServerCallContext context) =>
        Describe(await catalog.FindAsync(Address(request.Room), context.CancellationToken) ?? throw NotFound());

    public override async Task<V1.DestroyRoomResponse> DestroyRoom(V1.DestroyRoomRequest request, ServerCallContext context)
    {
        var alternate = request.AlternateRoom.Length > 0 ? Address(request.AlternateRoom) : null;
        var why = new Destruction(directory.Service.Jid, alternate, null, request.Reason.Length > 0 ? request.Reason : null);
        await AskAsync<bool>(request.Room, (room, effects, done) =>
        {
            room.Destroy(why, null, effects);
            done(true);
        });
        return new V1.DestroyRoomResponse();
    }

    public override async Task ListAffiliations(V1.ListAffiliationsRequest request,
        IServerStreamWriter<V1.RoomAffiliation> responseStream, ServerCallContext context)
    {
        var entries = await AskAsync<List<AffiliationRecord>>(request.Room, (room, _, done) => done([.. room.Affiliations.All]));
        foreach (var entry in entries)
        {
            if (request.Affiliation != V1.Affiliation.Unspecified && Wire(entry.Affiliation) != request.Affiliation)
                continue;
            await responseStream.WriteAsync(new V1.RoomAffiliation
            {
                Jid = entry.Subject.ToString(),
                Affiliation = Wire(entry.Affiliation),
                Reason = entry.Reason ?? "",
                Nick = entry.Nick ?? "",
            });
        }
    }

    public override async Task<V1.SetAffiliationsResponse> SetAffiliations(V1.SetAffiliationsRequest request, ServerCallContext context)
    {
        var entries = request.Affiliations.Select(a => new AffiliationRecord(
            Jid.TryParse(a.Jid, out var jid) && jid.IsBare ? jid : throw Invalid($"{a.Jid} is no bare JID"), Domain(a.Affiliation),
            a.Nick.Length > 0 ? a.Nick : null, a.Reason.Length > 0 ? a.Reason : null)).ToList();
        await SetAsync(request.Room, entries);
        return new V1.SetAffiliationsResponse();
    }

    public override async Task<V1.BanFromRoomResponse> BanFromRoom(V1.BanFromRoomRequest request, ServerCallContext context)
    {
        var subject = Jid.TryParse(request.Jid, out var jid) ? jid.Bare : throw Invalid($"{request.Jid} is no address");
        await SetAsync(request.Room,
            [new AffiliationRecord(subject, Affiliation.Outcast, null, request.Reason.Length > 0 ? request.Reason : null)]);
        return new V1.BanFromRoomResponse();
    }

    public override async Task ListOccupants(V1.ListOccupantsRequest request, IServerStreamWriter<V1.Occupant> responseStream,
        ServerCallContext context)
    {
        var occupants = await AskAsync<List<V1.Occupant>>(request.Room, (room, _, done) => done([.. room.Occupants.Select(Describe)]));
        foreach (var occupant in occupants)
            await responseStream.WriteAsync(occupant);
    }

    public override async Task<V1.KickOccupantResponse> KickOccupant(V1.KickOccupantRequest request, ServerCallContext context)
    {
        var isFound = await AskAsync<bool>(request.Room, (room, effects, done) =>
        {
            var isHere = room.TryGetOccupant(request.Nick, out var occupant);
            if (isHere)
                room.Remove([(occupant!, Removal.Kick(null, request.Reason.Length > 0 ? request.Reason : null))], null, effects);
            done(isHere);
        });
        return isFound ? new V1.KickOccupantResponse() : throw NotFound();
    }

    public override async Task SearchArchive(V1.SearchArchiveRequest request, IServerStreamWriter<V1.ArchivedMessage> responseStream,
        ServerCallContext context)
    {
        var room = Address(request.Room);
        var limit = request.Limit is > 0 and < MaxFound ? request.Limit : MaxFound;
        var found = await archive.SearchAsync(room, request.Text, request.Start?.ToDateTimeOffset(), request.End?.ToDateTimeOffset(),
            request.With.Length > 0 ? Address(request.With) : null, limit, context.CancellationToken);
        foreach (var message in found)
        {
            var xml = ArchiveHandlers.Forwarded(message, seesRealJids: false);
            await responseStream.WriteAsync(new V1.ArchivedMessage
            {
                StanzaId = message.Id.ToString("D"),
                Nick = Address(message.Sender).Resource ?? "",
                Jid = message.Author ?? "",
                At = Timestamp.FromDateTimeOffset(message.At),
                Body = Element.Parse(xml).Child("body")?.Text ?? "",
                Xml = System.Text.Encoding.UTF8.GetString(xml),
            });
        }
    }

    private async Task SetAsync(string address, List<AffiliationRecord> entries)
    {
        var isDone = await AskAsync<bool>(address, (room, effects, done) =>
        {
            var changed = entries.Select(e => e.Subject).ToHashSet();
            var hasOwner = entries.Exists(e => e.Affiliation == Affiliation.Owner)
                || room.Affiliations.All.Any(e => e.Affiliation == Affiliation.Owner && !changed.Contains(e.Subject));
            if (!hasOwner)
            {
                done(false);
                return;
            }
            room.Persist(effects, null, [.. entries.Select(e => new AffiliationChange(e, directory.Service.Jid))], then =>
            {
                room.SetAffiliations(entries, null, then);
                done(true);
            });
        });
        if (!isDone)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "a room needs an owner"));
    }

    /// <summary>In the turn of a room that exists.</summary>
    private async Task<T> AskAsync<T>(string address, Action<Room, Effects, Action<T>> work)
    {
        var isMissing = false;
        var task = new RoomTask<T>((room, effects, done) =>
        {
            isMissing = !room.Exists || room.IsLocked;
            if (isMissing)
                done(default!);
            else
                work(room, effects, done);
        });
        directory.Post(Address(address), task);
        try
        {
            var result = await task.Result;
            return isMissing ? throw NotFound() : result;
        }
        catch (RoomRefusedException e)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, e.Message));
        }
    }

    private static V1.Room Describe(RoomState state)
    {
        var room = new V1.Room
        {
            Jid = state.Room,
            Version = state.Version,
            Name = state.Name,
            Description = state.Description,
            Occupants = state.Occupants,
            IsPublic = state.IsPublic,
            IsSearchable = state.IsSearchable,
            IsPersistent = state.IsPersistent,
            IsMembersOnly = state.IsMembersOnly,
            HasPassword = state.HasPassword,
            IsModerated = state.IsModerated,
            IsNonAnonymous = state.IsNonAnonymous,
            Tags = { state.Tags },
        };
        if (state.Language is not null)
            room.Language = state.Language;
        if (state.MaxOccupants is { } max)
            room.MaxOccupants = max;
        if (state.AvatarHash is not null)
            room.AvatarHash = state.AvatarHash;
        if (state.CreatedAt is { } created)
            room.CreatedAt = Timestamp.FromDateTimeOffset(created);
        return room;
    }

    private static V1.Occupant Describe(Occupant occupant)
    {
        var described = new V1.Occupant
        {
            Nick = occupant.Jid.Resource ?? "",
            Affiliation = Wire(occupant.Affiliation),
            Role = (V1.Role)((int)occupant.Role + 1),
        };
        for (var i = 0; i < occupant.SessionCount; i++)
            described.Jids.Add(occupant.SessionAt(i).Jid.ToString());
        return described;
    }

    private static V1.Affiliation Wire(Affiliation affiliation) => affiliation switch
    {
        Affiliation.Outcast => V1.Affiliation.Outcast,
        Affiliation.Member => V1.Affiliation.Member,
        Affiliation.Admin => V1.Affiliation.Admin,
        Affiliation.Owner => V1.Affiliation.Owner,
        _ => V1.Affiliation.None,
    };

    private static Affiliation Domain(V1.Affiliation affiliation) => affiliation switch
    {
        V1.Affiliation.None => Affiliation.None,
        V1.Affiliation.Outcast => Affiliation.Outcast,
        V1.Affiliation.Member => Affiliation.Member,
        V1.Affiliation.Admin => Affiliation.Admin,
        V1.Affiliation.Owner => Affiliation.Owner,
        _ => throw Invalid("an affiliation is missing"),
    };

    private static Jid Address(string text) => Jid.TryParse(text, out var jid) ? jid : throw Invalid($"{text} is no address");

    private static RpcException Invalid(string problem) => new(new Status(StatusCode.InvalidArgument, problem));

    private static RpcException NotFound() => new(new Status(StatusCode.NotFound, "there is no such room or occupant"));
}
