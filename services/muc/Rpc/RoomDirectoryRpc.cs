using Annex.Contracts.Events;
using Annex.Hosting.Storage;
using Annex.Muc.Archive;
using Annex.Muc.Handlers;
using Annex.Muc.Rooms;
using Annex.Muc.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Xml;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using V1 = Annex.Contracts.Muc.V1;

namespace Annex.Muc.Rpc;

/// <summary>annex.muc.v1.RoomDirectory: the list of rooms for the directory, and administration for operators.</summary>
internal sealed partial class RoomDirectoryRpc(
    RoomDesk desk, RoomCatalog catalog, ArchiveReader archive, AuditLog audit, CommittedRooms news, Lease lease)
    : V1.RoomDirectory.RoomDirectoryBase
{
    private const int MaxFound = 1000;

    /// <summary>The audit log and the rooms know an operator who calls by the service's own address.</summary>
    private Jid Operator => desk.Directory.Service.Jid;

    public override async Task ListRooms(V1.ListRoomsRequest request, IServerStreamWriter<V1.Room> responseStream,
        ServerCallContext context)
    {
        var left = request.Limit > 0 ? request.Limit : int.MaxValue;
        await foreach (var room in catalog.ListAsync(
                           request.After, request.Contains, request.OnlyListed, request.IncludeClosed, context.CancellationToken))
        {
            await responseStream.WriteAsync(Describe(room));
            if (--left == 0)
                return;
        }
    }

    public override async Task WatchRooms(V1.WatchRoomsRequest request, IServerStreamWriter<V1.RoomNews> responseStream,
        ServerCallContext context)
    {
        // A standby would hear nothing, and who watches would take that for silence.
        if (!lease.IsHeld)
            throw new RpcException(new Status(StatusCode.Unavailable, "another process owns the rooms"));
        var (changes, watch) = news.Watch();
        using (watch)
        {
            await responseStream.WriteAsync(new V1.RoomNews());
            await foreach (var change in changes.ReadAllAsync(context.CancellationToken))
                await responseStream.WriteAsync(new V1.RoomNews { Room = change.Room, Version = change.Version });
        }
        throw new RpcException(new Status(StatusCode.ResourceExhausted, "the watcher is too far behind; list the rooms and watch again"));
    }

    public override Task<V1.Room> GetRoom(V1.GetRoomRequest request, ServerCallContext context) =>
        GetAsync(Wire.Address(request.Room), context);

    public override Task<V1.Room> CreateRoom(V1.CreateRoomRequest request, ServerCallContext context)
    {
        var room = Wire.Address(request.Room);
        var owners = request.Owners.Select(Wire.Person).Distinct().ToList();
        var form = Wire.Form(request.Configuration);
        return Wire.AnswerAsync(async () =>
        {
            await desk.CreateAsync(room, owners, form, Operator, request.OccupantIdSalt.Length > 0 ? request.OccupantIdSalt : null);
            return await GetAsync(room, context);
        });
    }

    public override Task<V1.Room> ConfigureRoom(V1.ConfigureRoomRequest request, ServerCallContext context)
    {
        var room = Wire.Address(request.Room);
        var form = Wire.Form(request.Configuration);
        return Wire.AnswerAsync(async () =>
        {
            await desk.ConfigureAsync(room, form, Operator);
            return await GetAsync(room, context);
        });
    }

    public override Task<V1.DestroyRoomResponse> DestroyRoom(V1.DestroyRoomRequest request, ServerCallContext context)
    {
        var alternate = request.AlternateRoom.Length > 0 ? Wire.Address(request.AlternateRoom) : null;
        return Wire.AnswerAsync(() => desk.DestroyAsync(Wire.Address(request.Room), Wire.Text(request.Reason), alternate, Operator),
            new V1.DestroyRoomResponse());
    }

    public override async Task ListAffiliations(V1.ListAffiliationsRequest request,
        IServerStreamWriter<V1.RoomAffiliation> responseStream, ServerCallContext context)
    {
        var entries = await Wire.AnswerAsync(() => desk.AskAsync<List<AffiliationRecord>>(Wire.Address(request.Room),
            (room, _, done) => done([.. room.Affiliations.All])));
        foreach (var entry in entries.OrderBy(e => e.Subject))
        {
            if (request.Affiliation != V1.Affiliation.Unspecified && Wire.Of(entry.Affiliation) != request.Affiliation)
                continue;
            await responseStream.WriteAsync(new V1.RoomAffiliation
            {
                Jid = entry.Subject.ToString(),
                Affiliation = Wire.Of(entry.Affiliation),
                Reason = entry.Reason ?? "",
                Nick = entry.Nick ?? "",
                Until = Timestamp(entry.Until),
            });
        }
    }

    public override Task<V1.SetAffiliationsResponse> SetAffiliations(V1.SetAffiliationsRequest request, ServerCallContext context)
    {
        var entries = request.Affiliations.Select(EntryOf).ToList();
        if (entries.DistinctBy(e => e.Subject).Count() != entries.Count)
            throw Wire.Invalid("an address stands twice in the list");
        return Wire.AnswerAsync(() => desk.SetAffiliationsAsync(Wire.Address(request.Room), entries, Operator),
            new V1.SetAffiliationsResponse());
    }

    public override Task<V1.BanFromRoomResponse> BanFromRoom(V1.BanFromRoomRequest request, ServerCallContext context)
    {
        var entry = new AffiliationRecord(Wire.Address(request.Jid), Affiliation.Outcast, null, Wire.Text(request.Reason))
        {
            Until = EndOf(request.Until, Affiliation.Outcast),
        };
        return Wire.AnswerAsync(() => desk.SetAffiliationsAsync(Wire.Address(request.Room), [entry], Operator),
            new V1.BanFromRoomResponse());
    }

    public override async Task ListOccupants(V1.ListOccupantsRequest request, IServerStreamWriter<V1.Occupant> responseStream,
        ServerCallContext context)
    {
        var occupants = await Wire.AnswerAsync(() => desk.AskAsync<List<V1.Occupant>>(Wire.Address(request.Room),
            (room, _, done) => done([.. room.Occupants.Select(Describe)])));
        foreach (var occupant in occupants)
            await responseStream.WriteAsync(occupant);
    }

    public override Task<V1.KickOccupantResponse> KickOccupant(V1.KickOccupantRequest request, ServerCallContext context) =>
        Wire.AnswerAsync(() => desk.KickAsync(Wire.Address(request.Room), request.Nick, Wire.Text(request.Reason), Operator),
            new V1.KickOccupantResponse());

    public override async Task SearchArchive(V1.SearchArchiveRequest request, IServerStreamWriter<V1.ArchivedMessage> responseStream,
        ServerCallContext context)
    {
        var room = Wire.Address(request.Room);
        var limit = request.Limit is > 0 and < MaxFound ? request.Limit : MaxFound;
        var author = request.With.Length > 0 ? Wire.Address(request.With) : null;
        var (start, end) = (Wire.Time(request.Start), Wire.Time(request.End));
        var found = await Wire.AnswerAsync(() =>
            archive.SearchAsync(room, request.Text, start, end, author, limit, context.CancellationToken));
        foreach (var message in found)
        {
            var xml = ArchiveHandlers.Forwarded(message, seesRealJids: false);
            await responseStream.WriteAsync(new V1.ArchivedMessage
            {
                StanzaId = message.Id.ToString("D"),
                Nick = Jid.FromServer(System.Text.Encoding.UTF8.GetBytes(message.Sender))?.Resource ?? "",
                Jid = message.Author ?? "",
                At = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(message.At),
                Body = Element.Parse(xml).Child("body")?.Text ?? "",
                Xml = System.Text.Encoding.UTF8.GetString(xml),
            });
        }
    }

    private Task<V1.Room> GetAsync(Jid room, ServerCallContext context) => Wire.AnswerAsync(async () =>
        Describe(await catalog.FindAsync(room, context.CancellationToken) ?? throw Wire.NotFound()));

    private AffiliationRecord EntryOf(V1.RoomAffiliation wanted)
    {
        var affiliation = Wire.Of(wanted.Affiliation);
        return new AffiliationRecord(Wire.Address(wanted.Jid), affiliation, Wire.Text(wanted.Nick), Wire.Text(wanted.Reason))
        {
            Until = EndOf(wanted.Until, affiliation),
        };
    }

    private DateTimeOffset? EndOf(Timestamp? until, Affiliation affiliation)
    {
        if (Wire.Time(until) is not { } end)
            return null;
        if (affiliation != Affiliation.Outcast)
            throw Wire.Invalid("only a ban ends by itself");
        return end > desk.Directory.Service.Now ? end : throw Wire.Invalid("the end of the ban has passed");
    }

    private static Timestamp? Timestamp(DateTimeOffset? time) =>
        time is null ? null : Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(time.Value);

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
        room.CreatedAt = Timestamp(state.CreatedAt);
        return room;
    }

    private static V1.Occupant Describe(Occupant occupant)
    {
        var described = new V1.Occupant
        {
            Nick = occupant.Jid.Resource ?? "",
            Affiliation = Wire.Of(occupant.Affiliation),
            Role = (V1.Role)((int)occupant.Role + 1),
        };
        for (var i = 0; i < occupant.SessionCount; i++)
            described.Jids.Add(occupant.SessionAt(i).Jid.ToString());
        return described;
    }
}
