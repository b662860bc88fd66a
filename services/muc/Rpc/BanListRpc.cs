using Annex.Muc.Handlers;
using Annex.Muc.Rooms;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using V1 = Annex.Contracts.Muc.V1;

namespace Annex.Muc.Rpc;

/// <summary>annex.muc.v1.BanList: who is banned from all services.</summary>
internal sealed class BanListRpc(BanDesk desk, RoomDirectory directory) : V1.BanList.BanListBase
{
    public override async Task ListBans(V1.ListBansRequest request, IServerStreamWriter<V1.Ban> responseStream,
        ServerCallContext context)
    {
        var subject = request.Subject.Length > 0 ? Wire.Address(request.Subject) : null;
        foreach (var ban in desk.List())
        {
            if (subject is null || ban.Subject.Equals(subject))
                await responseStream.WriteAsync(Describe(ban));
        }
    }

    public override Task<V1.Ban> AddBan(V1.AddBanRequest request, ServerCallContext context)
    {
        var by = request.AddedBy.Length > 0 ? Wire.Text(request.AddedBy, 1023)! : AuditActors.Operator;
        var until = Wire.Time(request.Until);
        return Wire.AnswerAsync(async () => Describe(await desk.BanAsync(Wire.Address(request.Subject), Wire.Text(request.Reason), until,
            by, context.CancellationToken)));
    }

    public override Task<V1.RemoveBanResponse> RemoveBan(V1.RemoveBanRequest request, ServerCallContext context) =>
        Wire.AnswerAsync(async () =>
            await desk.UnbanAsync(Wire.Address(request.Subject), AuditActors.Operator, context.CancellationToken)
                ? new V1.RemoveBanResponse() : throw Wire.NotFound("there is no such ban"));

    public override async Task WatchBans(V1.WatchBansRequest request, IServerStreamWriter<V1.BanChange> responseStream,
        ServerCallContext context)
    {
        var (current, news, watch) = desk.Watch();
        using (watch)
        {
            foreach (var ban in current)
                await responseStream.WriteAsync(new V1.BanChange { Ban = Describe(ban), IsCurrent = true });
            await responseStream.WriteAsync(new V1.BanChange { EndOfCurrent = true });
            await foreach (var change in news.ReadAllAsync(context.CancellationToken))
            {
                var told = new V1.BanChange { IsLifted = change.IsLifted, RemovedAccount = change.RemovedAccount ?? "" };
                if (change.Ban is not null)
                    told.Ban = Describe(change.Ban);
                await responseStream.WriteAsync(told);
            }
        }
        throw new RpcException(new Status(StatusCode.ResourceExhausted, "the watcher is too far behind; ask again"));
    }

    public override async Task ListBlockLists(V1.ListBlockListsRequest request, IServerStreamWriter<V1.BlockList> responseStream,
        ServerCallContext context)
    {
        foreach (var list in directory.Service.Bans.Lists)
        {
            await responseStream.WriteAsync(new V1.BlockList
            {
                Service = list.Service.ToString(),
                Node = list.Node,
                IsDryRun = list.IsDryRun,
                Reason = list.Reason,
                Entries = list.Count,
                IsSubscribed = list.IsSubscribed,
                FetchedAt = list.FetchedAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
                Problem = list.Problem,
                Matches = list.MatchCount,
            });
        }
    }

    private static V1.Ban Describe(ServiceBan ban) => new()
    {
        Subject = ban.Subject.ToString(),
        Reason = ban.Reason ?? "",
        Until = ban.Until is { } until ? Timestamp.FromDateTimeOffset(until) : null,
        AddedAt = Timestamp.FromDateTimeOffset(ban.At),
        AddedBy = ban.By,
    };
}
