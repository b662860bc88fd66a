using Annex.Contracts.Search.V1;
using Annex.Search.Consumers;
using Annex.Search.Index;
using Annex.Search.Storage;
using Annex.Xmpp.Addressing;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;

namespace Annex.Search.Rpc;

/// <summary>The index for other services and for annexctl.</summary>
internal sealed class SearchIndexRpc(
    RoomFinder finder, DelistingStore delistings, DomainStore domains, Reconciler reconciler, SearchOptions options,
    [FromKeyedServices("Search")] NpgsqlDataSource database, TimeProvider time) : SearchIndex.SearchIndexBase
{
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
            Limit = request.Limit > 0 ? Math.Min(request.Limit, options.MaxPageSize) : options.DefaultPageSize,
            After = after,
        }, context.CancellationToken);
        var response = new SearchRoomsResponse { Total = page.Count ?? 0 };
        response.Rooms.AddRange(page.Rooms.Select(ToRoom));
        if (page.HasMore)
            response.Next = new Cursor(page.Rooms[^1].SortValue, page.Rooms[^1].Jid).ToText(sort);
        return response;
    }

    public override async Task<IndexedRoom> GetRoom(GetRoomRequest request, ServerCallContext context) =>
        await finder.GetAsync(Subject(request.Room).ToString(), context.CancellationToken) is { } room
            ? ToRoom(room)
            : throw new RpcException(new Status(StatusCode.NotFound, "no such room is listed"));

    public override async Task<IndexStatus> GetIndexStatus(GetIndexStatusRequest request, ServerCallContext context)
    {
        await using var command = database.CreateCommand("""
            select (select count(*) from search.rooms where is_present), (select count(*) from search.rooms where is_listed),
                (select count(*) from search.domains), (select count(*) from search.delistings),
                (select max(last_seen) from search.domains)
            """);
        await using var reader = await command.ExecuteReaderAsync(context.CancellationToken);
        await reader.ReadAsync(context.CancellationToken);
        return new IndexStatus
        {
            Rooms = reader.GetInt64(0),
            ListedRooms = reader.GetInt64(1),
            Domains = reader.GetInt64(2),
            Delisted = reader.GetInt64(3),
            LastCrawled = reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4).ToTimestamp(),
            LastReconciled = reconciler.LastRun?.ToTimestamp(),
        };
    }

    public override async Task<ReconcileResponse> Reconcile(ReconcileRequest request, ServerCallContext context)
    {
        var outcome = await reconciler.RunAsync(context.CancellationToken)
            ?? throw new RpcException(new Status(StatusCode.FailedPrecondition, "this process knows no muc"));
        return new ReconcileResponse { Added = outcome.Added, Changed = outcome.Changed, Removed = outcome.Removed };
    }

    public override async Task ListDomains(
        ListDomainsRequest request, IServerStreamWriter<Domain> responseStream, ServerCallContext context)
    {
        await using var command = database.CreateCommand("""
            select d.domain, d.kind, d.last_seen, d.next_visit, d.last_error,
                (select count(*) from search.rooms r where r.domain = d.domain and r.is_listed)::int
            from search.domains d order by d.domain
            """);
        await using var reader = await command.ExecuteReaderAsync(context.CancellationToken);
        while (await reader.ReadAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(new Domain
            {
                Domain_ = reader.GetString(0),
                Kind = reader.GetString(1),
                LastSeen = reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2).ToTimestamp(),
                NextVisit = reader.GetFieldValue<DateTimeOffset>(3).ToTimestamp(),
                LastError = reader.IsDBNull(4) ? "" : reader.GetString(4),
                Rooms = reader.GetInt32(5),
            }, context.CancellationToken);
        }
    }

    public override async Task<CrawlDomainResponse> CrawlDomain(CrawlDomainRequest request, ServerCallContext context)
    {
        if (options.Crawler.Seeds.Length == 0)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "crawling is off: Search:Crawler:Seeds names nobody"));
        var domain = Subject(request.Domain);
        if (domain.HasLocal)
            throw Invalid("this is no domain");
        await domains.HurryAsync(domain.Domain, context.CancellationToken);
        return new CrawlDomainResponse();
    }

    public override async Task<Delisting> Delist(DelistRequest request, ServerCallContext context)
    {
        var subject = Subject(request.Subject).ToString();
        await delistings.AddAsync(subject, "operator", request.Reason.Length > 0 ? request.Reason : null, context.CancellationToken);
        return new Delisting { Subject = subject, Reason = request.Reason, By = "operator", At = time.GetUtcNow().ToTimestamp() };
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
            await responseStream.WriteAsync(
                new Delisting { Subject = row.Subject, Reason = row.Reason ?? "", By = row.By, At = row.At.ToTimestamp() },
                context.CancellationToken);
        }
    }

    private static IndexedRoom ToRoom(RoomHit room)
    {
        var indexed = new IndexedRoom
        {
            Jid = room.Jid,
            Name = room.Name,
            Description = room.Description,
            Occupants = room.Occupants,
            IsOpen = room.IsOpen,
            IsNonAnonymous = room.IsNonAnonymous,
            FirstSeen = room.FirstSeen.ToTimestamp(),
            LastSeen = room.LastSeen.ToTimestamp(),
            Source = room.IsOurs ? "suite" : room.Jid[(room.Jid.IndexOf('@', StringComparison.Ordinal) + 1)..],
        };
        if (room.Language is not null)
            indexed.Language = room.Language;
        indexed.Tags.AddRange(room.Tags);
        return indexed;
    }

    private static Jid Subject(string text) =>
        Jid.TryParse(text, out var jid) && jid.IsBare ? jid : throw Invalid("this is no bare address");

    private static RpcException Invalid(string problem) => new(new Status(StatusCode.InvalidArgument, problem));
}
