using Annex.Contracts.Search.V1;
using Annex.Search.Consumers;
using Annex.Search.Index;
using Annex.Search.Storage;
using Annex.Xmpp.Addressing;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Annex.Search.Rpc;

/// <summary>The index for other services and for annexctl.</summary>
internal sealed class SearchIndexRpc(
    RoomFinder finder, DelistingStore delistings, DomainStore domains, Reconciler reconciler, IndexOverview overview,
    SearchOptions options, TimeProvider time) : SearchIndex.SearchIndexBase
{
    private const int MaxReasonLength = 1000;

    public override async Task<SearchRoomsResponse> SearchRooms(SearchRoomsRequest request, ServerCallContext context)
    {
        var sort = request.Sort switch
        {
            Contracts.Search.V1.SortKey.Occupants => SortKey.Occupants,
            Contracts.Search.V1.SortKey.Address => SortKey.Address,
            _ => SortKey.Relevance,
        };
        SearchTerms? terms = null;
        if (request.Query.Length > 0 && !SearchTerms.TryParse(request.Query, options.Limits, out terms, out var problem))
            throw Invalid(problem);
        Cursor? after = null;
        if (request.After.Length > 0 && !Cursor.TryParse(request.After, sort, out after))
            throw Invalid("after is none of our cursors");
        var page = await finder.FindAsync(new RoomQuery
        {
            Terms = terms,
            Sort = sort,
            MinOccupants = request.MinOccupants,
            Language = request.Language.Length > 0 ? request.Language : null,
            Tags = [.. request.Tags],
            IsOpen = request.IncludeClosed ? null : true,
            Domain = request.Domain.Length > 0 ? DomainOf(request.Domain) : null,
            Limit = request.Limit > 0 ? Math.Min(request.Limit, options.MaxPageSize) : options.DefaultPageSize,
            After = after,
        }, context.CancellationToken);
        var response = new SearchRoomsResponse { Total = page.Count ?? 0 };
        response.Rooms.AddRange(page.Rooms.Select(RpcRooms.ToRoom));
        if (page.HasMore)
            response.Next = new Cursor(page.Rooms[^1].SortValue, page.Rooms[^1].Jid).ToText(sort);
        return response;
    }

    public override async Task<IndexedRoom> GetRoom(GetRoomRequest request, ServerCallContext context) =>
        await finder.GetAsync(Subject(request.Room).ToString(), context.CancellationToken) is { } room
            ? RpcRooms.ToRoom(room)
            : throw new RpcException(new Status(StatusCode.NotFound, "no such room is listed"));

    public override Task<IndexStatus> GetIndexStatus(GetIndexStatusRequest request, ServerCallContext context) =>
        overview.ReadAsync(context.CancellationToken);

    public override Task<RoomStanding> ExplainRoom(ExplainRoomRequest request, ServerCallContext context) =>
        Subject(request.Room) is { HasLocal: true } room
            ? overview.ExplainAsync(room, context.CancellationToken)
            : throw Invalid("this is no room's address");

    public override async Task<ReconcileResponse> Reconcile(ReconcileRequest request, ServerCallContext context)
    {
        var outcome = await reconciler.RunAsync(context.CancellationToken)
            ?? throw NotNow("this process knows no muc");
        return new ReconcileResponse { Added = outcome.Added, Changed = outcome.Changed, Removed = outcome.Removed };
    }

    public override Task ListDomains(
        ListDomainsRequest request, IServerStreamWriter<Domain> responseStream, ServerCallContext context) =>
        overview.WriteDomainsAsync(responseStream, context.CancellationToken);

    public override async Task<CrawlDomainResponse> CrawlDomain(CrawlDomainRequest request, ServerCallContext context)
    {
        if (options.Crawler.Seeds.Length == 0)
            throw NotNow("crawling is off: Search:Crawler:Seeds names nobody");
        if (request.All)
        {
            if (request.Domain.Length > 0)
                throw Invalid("one domain or all, not both");
            return new CrawlDomainResponse { Domains = await domains.HurryAllAsync(context.CancellationToken) };
        }
        var domain = DomainOf(request.Domain);
        if (options.Crawler.IsBlocked(domain))
            throw NotNow($"{domain} is in Search:Crawler:Blocked");
        if (!await domains.HurryAsync(domain, context.CancellationToken))
            throw NotNow($"{domain} is banned");
        return new CrawlDomainResponse { Domains = 1 };
    }

    public override async Task<Delisting> Delist(DelistRequest request, ServerCallContext context)
    {
        var subject = Subject(request.Subject).ToString();
        var reason = Reason(request.Reason);
        await delistings.AddAsync(subject, DelistingStore.Operator, reason, context.CancellationToken);
        // What is stronger stays: so what stands there now is told.
        return ToDelisting((await delistings.ListAsync(subject, context.CancellationToken)).First(d => d.Subject == subject));
    }

    public override async Task<RelistResponse> Relist(RelistRequest request, ServerCallContext context) =>
        await delistings.RemoveAsync(Subject(request.Subject).ToString(), null, context.CancellationToken)
            ? new RelistResponse()
            : throw new RpcException(new Status(StatusCode.NotFound, "it is not delisted"));

    public override async Task ListDelisted(
        ListDelistedRequest request, IServerStreamWriter<Delisting> responseStream, ServerCallContext context)
    {
        foreach (var row in await delistings.ListAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(ToDelisting(row), context.CancellationToken);
        }
    }

    public override async Task<DomainBan> BanDomain(BanDomainRequest request, ServerCallContext context)
    {
        var (domain, reason) = (DomainOf(request.Domain), Reason(request.Reason));
        await delistings.AddAsync(domain, DelistingStore.Ban, reason, context.CancellationToken);
        return new DomainBan { Domain = domain, Reason = reason ?? "", At = time.GetUtcNow().ToTimestamp() };
    }

    public override async Task<UnbanDomainResponse> UnbanDomain(UnbanDomainRequest request, ServerCallContext context) =>
        await delistings.RemoveAsync(DomainOf(request.Domain), DelistingStore.Ban, context.CancellationToken)
            ? new UnbanDomainResponse()
            : throw new RpcException(new Status(StatusCode.NotFound, "it is not banned"));

    public override async Task ListDomainBans(
        ListDomainBansRequest request, IServerStreamWriter<DomainBan> responseStream, ServerCallContext context)
    {
        foreach (var row in (await delistings.ListAsync(context.CancellationToken)).Where(d => d.By == DelistingStore.Ban))
        {
            await responseStream.WriteAsync(
                new DomainBan { Domain = row.Subject, Reason = row.Reason ?? "", At = row.At.ToTimestamp() }, context.CancellationToken);
        }
    }

    private static Jid Subject(string text) =>
        Jid.TryParse(text, out var jid) && jid.IsBare ? jid : throw Invalid("this is no bare address");

    private static string DomainOf(string text) =>
        Subject(text) is { HasLocal: false } domain ? domain.Domain : throw Invalid("this is no domain");

    private static string? Reason(string text) => text.Length switch
    {
        0 => null,
        <= MaxReasonLength => text,
        _ => throw Invalid($"a reason has at most {MaxReasonLength} characters"),
    };

    private static Delisting ToDelisting(DelistingRow row) =>
        new() { Subject = row.Subject, Reason = row.Reason ?? "", By = row.By, At = row.At.ToTimestamp() };

    private static RpcException NotNow(string problem) => new(new Status(StatusCode.FailedPrecondition, problem));

    private static RpcException Invalid(string problem) => new(new Status(StatusCode.InvalidArgument, problem));
}
