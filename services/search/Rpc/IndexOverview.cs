using System.Globalization;
using Annex.Contracts.Search.V1;
using Annex.Search.Consumers;
using Annex.Search.Storage;
using Annex.Xmpp.Addressing;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;

namespace Annex.Search.Rpc;

/// <summary>What an operator asks the index about itself: how much it holds, how the crawler fares, why a room is not there.</summary>
internal sealed class IndexOverview(
    [FromKeyedServices("Search")] NpgsqlDataSource database, RoomFinder finder, RoomMirror mirror, IndexStatistics statistics,
    DelistingStore delistings, Reconciler reconciler, SearchOptions options, TimeProvider time)
{
    public async Task<IndexStatus> ReadAsync(CancellationToken cancellationToken)
    {
        var figures = await statistics.ReadAsync(cancellationToken);
        await using var command = database.CreateCommand("""
            select (select count(*) from search.rooms where is_present), (select count(*) from search.rooms where is_listed),
                count(*), (select count(*) from search.delistings where by <> 'ban'),
                (select count(*) from search.delistings where by = 'ban'),
                count(*) filter (where next_visit <= @now), count(*) filter (where last_error is not null), max(last_seen)
            from search.domains
            """);
        command.Parameters.AddWithValue("now", time.GetUtcNow().UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var status = new IndexStatus
        {
            Rooms = reader.GetInt64(0),
            ListedRooms = reader.GetInt64(1),
            Domains = reader.GetInt64(2),
            Delisted = reader.GetInt64(3),
            BannedDomains = reader.GetInt64(4),
            DueDomains = reader.GetInt64(5),
            FailingDomains = reader.GetInt64(6),
            LastCrawled = reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7).ToTimestamp(),
            LastReconciled = reconciler.LastRun?.ToTimestamp(),
            Occupants = figures.Occupants,
            NewThisWeek = figures.NewThisWeek,
            IsCrawling = options.Crawler.Seeds.Length > 0,
        };
        if (mirror.Index is { } index)
            status.RoomsInMemory = index.Count;
        status.Languages.AddRange(figures.Languages.Select(l => new Share { Name = l.Key, Rooms = l.Value }));
        status.Tags.AddRange(figures.Tags.Select(t => new Share { Name = t.Key, Rooms = t.Value }));
        return status;
    }

    public async Task WriteDomainsAsync(IServerStreamWriter<Domain> responses, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select d.domain, d.kind, d.last_seen, d.next_visit, d.last_error,
                (select count(*) from search.rooms r where r.domain = d.domain and r.is_listed)::int,
                d.origin, d.abuse_contacts, d.first_seen, d.failures,
                exists (select from search.delistings l
                    where l.subject = d.domain or right(d.domain, length(l.subject) + 1) = '.' || l.subject)
            from search.domains d order by d.domain
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var domain = new Domain
            {
                Domain_ = reader.GetString(0),
                Kind = reader.GetString(1),
                LastSeen = reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2).ToTimestamp(),
                NextVisit = reader.GetFieldValue<DateTimeOffset>(3).ToTimestamp(),
                LastError = reader.IsDBNull(4) ? "" : reader.GetString(4),
                Rooms = reader.GetInt32(5),
                Origin = reader.GetString(6),
                FirstSeen = reader.GetFieldValue<DateTimeOffset>(8).ToTimestamp(),
                Failures = reader.GetInt32(9),
                IsDelisted = reader.GetBoolean(10) || options.Crawler.IsBlocked(reader.GetString(0)),
            };
            domain.AbuseContacts.AddRange(reader.GetFieldValue<string[]>(7));
            await responses.WriteAsync(domain, cancellationToken);
        }
    }

    /// <summary>Why a room is listed or not, as far as the index knows.</summary>
    public async Task<RoomStanding> ExplainAsync(Jid room, CancellationToken cancellationToken)
    {
        var standing = new RoomStanding { Room = room.ToString() };
        var known = await finder.FindAnyAsync(standing.Room, cancellationToken);
        if (known is { IsPresent: true } present)
            standing.Indexed = RpcRooms.ToRoom(present.Room);
        standing.IsListed = known is { IsListed: true };
        foreach (var row in await delistings.ListAsync(standing.Room, cancellationToken))
            standing.Reasons.Add(Sentence(row));
        if (standing.IsListed)
        {
            standing.Reasons.Add(known!.Value.Room.IsOurs ? "It is a room of this suite, public, persistent and open."
                : "The crawler found it public, persistent and open.");
            foreach (var flag in known.Value.Room.Flags)
                standing.Reasons.Add($"It is flagged: {flag}.");
        }
        else if (known is { IsPresent: false } gone)
        {
            standing.Reasons.Add("When it was looked at last, it was hidden, not persistent, closed (a password, or for members alone), "
                + $"gone, or asked not to be listed: {Day(gone.Room.LastSeen)}.");
        }
        else if (known is null)
        {
            standing.Reasons.Add(await WhyUnknownAsync(room.Domain, cancellationToken));
        }
        return standing;
    }

    private async Task<string> WhyUnknownAsync(string domain, CancellationToken cancellationToken)
    {
        if (options.Crawler.IsBlocked(domain))
            return $"{domain} is in Search:Crawler:Blocked.";
        await using var command = database.CreateCommand(
            "select kind, last_error, last_seen from search.domains where domain = @domain");
        command.Parameters.AddWithValue("domain", domain);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return options.Crawler.Seeds.Length == 0
                ? $"The index has never heard of it. If {domain} is not this suite's, nobody looks: crawling is off (Search:Crawler:Seeds)."
                : $"The index has never heard of it, nor, as a service to visit, of {domain}.";
        }
        var seen = reader.IsDBNull(2) ? "never" : Day(reader.GetFieldValue<DateTimeOffset>(2));
        return $"{domain} (a service of the kind {reader.GetString(0)}, reached last: {seen}) does not list it"
            + (reader.IsDBNull(1) ? "." : $", or was not reached: {reader.GetString(1)}.");
    }

    private static string Sentence(DelistingRow row) =>
        $"{row.Subject} was {(row.By == DelistingStore.Ban ? "banned by an operator" : "taken out by an " + row.By)}, {Day(row.At)}"
        + (row.Reason is { Length: > 0 } reason ? $": {reason}" : "") + ".";

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
