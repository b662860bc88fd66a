using Annex.Search.Crawler;
using Annex.Search.Index;
using Npgsql;

namespace Annex.Search.Storage;

/// <summary>What the crawler knows, shared by all processes: each due service is visited by one of them.</summary>
public sealed class DomainStore(NpgsqlDataSource database, RoomStore rooms, TimeProvider time)
{
    /// <summary>Longer than any visit: a process that died gives its services back after this.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    private static readonly TimeSpan LongestBackoff = TimeSpan.FromDays(1);

    /// <summary>Makes a domain known, to be visited next. Nothing happens to one that is known or banned, or beyond the limit.</summary>
    public async Task AddAsync(string domain, string origin, int maxDomains, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($$"""
            insert into search.domains (domain, kind, origin, abuse_contacts, first_seen, next_visit, failures)
            select @domain, 'unknown', @origin, '{}', @now, @now, 0 where (select count(*) from search.domains) < @max
                and not {{DelistingStore.IsBanned}}
            on conflict do nothing
            """);
        command.Parameters.AddWithValue("domain", domain);
        command.Parameters.AddWithValue("origin", origin);
        command.Parameters.AddWithValue("max", maxDomains);
        command.Parameters.AddWithValue("now", Now);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Puts a known domain, or a new one, to the front.</summary>
    /// <returns>False for a banned one.</returns>
    public async Task<bool> HurryAsync(string domain, CancellationToken cancellationToken)
    {
        await AddAsync(domain, "operator", int.MaxValue, cancellationToken);
        await using var command = database.CreateCommand("update search.domains set next_visit = @now where domain = @domain");
        command.Parameters.AddWithValue("domain", domain);
        command.Parameters.AddWithValue("now", Now);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Makes all known domains due; how many they are.</summary>
    public async Task<int> HurryAllAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update search.domains set next_visit = least(next_visit, @now)");
        command.Parameters.AddWithValue("now", Now);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A service whose visit is due, now this process's; or null. Rooms of ours come by events, so their service is
    /// not visited.</summary>
    public async Task<string?> TakeDueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update search.domains set next_visit = @later where domain = (
                select domain from search.domains d where next_visit <= @now
                    and not exists (select from search.rooms r where r.domain = d.domain and r.is_ours)
                order by next_visit limit 1 for update skip locked)
            returning domain
            """);
        command.Parameters.AddWithValue("now", Now);
        command.Parameters.AddWithValue("later", Now + Lease);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    public async Task<bool> IsDelistedAsync(string domain, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select {RoomStore.IsDelisted.Replace("d.subject = @jid or ", "")}");
        command.Parameters.AddWithValue("domain", domain);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Keeps what a visit came to, and says when the next is.</summary>
    public async Task FinishAsync(
        string domain, DomainKind kind, IReadOnlyList<string> abuseContacts, string? error, TimeSpan interval,
        CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update search.domains set
                kind = case when @kind = 'unknown' then kind else @kind end,
                abuse_contacts = case when @error is null then @abuse else abuse_contacts end,
                last_seen = case when @kind = 'unknown' then last_seen else @now end,
                failures = case when @error is null then 0 else failures + 1 end,
                last_error = @error,
                -- Twice as long after each failure in a row, up to a day; a tenth of chance keeps services apart.
                next_visit = @now + least(@longest, @interval * power(2, case when @error is null then 0
                    else least(failures, 10) end)) * (0.9 + 0.2 * random())
            where domain = @domain
            """);
        command.Parameters.AddWithValue("domain", domain);
        command.Parameters.AddWithValue("kind", NameOf(kind));
        command.Parameters.AddWithValue("abuse", abuseContacts.ToArray());
        command.Parameters.Add(new("error", NpgsqlTypes.NpgsqlDbType.Text) { Value = (object?)error ?? DBNull.Value });
        command.Parameters.AddWithValue("interval", interval);
        command.Parameters.AddWithValue("longest", LongestBackoff > interval ? LongestBackoff : interval);
        command.Parameters.AddWithValue("now", Now);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A room that was visited: in the index, or (not a candidate, or none) out of it.</summary>
    public async Task PutRoomAsync(string jid, RoomFacts? room, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (room is { IsCandidate: true })
            await rooms.PutAsync(connection, transaction, room, null, cancellationToken);
        else
            await RoomStore.HideAsync(connection, transaction, "jid = @value", jid, Now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Rooms of a service that is not to be listed.</summary>
    public async Task HideRoomsOfAsync(string domain, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RoomStore.HideAsync(connection, transaction, "domain = @value", domain, Now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Forgets rooms and services that were not seen for too long.</summary>
    public async Task ExpireAsync(TimeSpan roomExpiry, TimeSpan domainExpiry, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RoomStore.HideAsync(connection, transaction, "last_seen < @value", Now - roomExpiry, Now, cancellationToken);
        await using (var domains = new NpgsqlCommand("""
            delete from search.domains where coalesce(last_seen, first_seen) < @domains and origin <> 'seed';
            delete from search.rooms where not is_present and last_seen < @tombstones
            """, connection, transaction))
        {
            domains.Parameters.AddWithValue("domains", Now - domainExpiry);
            domains.Parameters.AddWithValue("tombstones", Now.AddDays(-RoomStore.TombstoneDays));
            await domains.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private static string NameOf(DomainKind kind) => kind switch
    {
        DomainKind.Muc => "muc",
        DomainKind.Server => "server",
        DomainKind.Gateway => "gateway",
        DomainKind.Other => "other",
        _ => "unknown",
    };
}
