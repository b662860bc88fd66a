using Annex.Hosting.Storage;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>Takes away, in small bites, what is past its time or beyond a quota: archives of rooms that were destroyed, messages (from
/// the front, so that numbers stay without gaps), tombstones.</summary>
internal sealed class ArchiveSweep(NpgsqlDataSource database, Lease lease, MucOptions options, TimeProvider time, StoreLog log)
    : BackgroundService
{
    /// <summary>Messages of one statement: some milliseconds.</summary>
    private const int Bite = 2000;

    private const int ArchivesAtOnce = 500;

    /// <summary>Bytes of a message as quotas count them: what it says, and what is kept about it.</summary>
    public const string Size = "octet_length(tail) + octet_length(raw_id) + octet_length(sender) + 100";

    /// <summary>Whether the service limits every room: else only those are looked at whose owners do.</summary>
    private bool HasLimits => CountsBytes || options.ArchiveRetention > TimeSpan.Zero || options.MaxArchivedMessages > 0;

    private bool CountsBytes => options.MaxArchivedBytes > 0 || options.MaxArchivedBytesInAll > 0;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lease.WaitUntilHeldAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.SweepInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (NpgsqlException)
            {
                // The database is away: the committer says so; the next round comes.
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.Failed(e);
            }
        }
    }

    /// <summary>One round over everything; each bite is a transaction of its own.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await RemoveNamelessAsync(cancellationToken);
        await ExecuteAsync("delete from muc.tombstones where until < $1", [time.GetUtcNow()], cancellationToken);
        for (long after = 0; ;)
        {
            var archives = await ReadAsync(after, cancellationToken);
            foreach (var archive in archives) await TrimAsync(archive, cancellationToken);
            if (archives.Count < ArchivesAtOnce) break;
            after = archives[^1].Id;
        }
        if (options.MaxArchivedBytesInAll > 0) await TrimLargestAsync(cancellationToken);
    }

    private async Task RemoveNamelessAsync(CancellationToken cancellationToken)
    {
        foreach (var table in (string[])["texts", "messages"])
        {
            while (await ExecuteAsync($"""
                delete from muc.{table} where (archive, number) in (
                    select m.archive, m.number from muc.archives a join muc.{table} m on m.archive = a.id where a.room is null limit $1)
                """, [Bite], cancellationToken) >= Bite)
            {
                // Another bite at once: there is more.
            }
        }
        await ExecuteAsync("""
            delete from muc.archives a where a.room is null and not exists (select 1 from muc.messages m where m.archive = a.id)
            """, [], cancellationToken);
    }

    private async Task<List<Kept>> ReadAsync(long after, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select a.id, a.counted, coalesce((r.configuration->>'ArchiveDays')::int, 0),
                coalesce((r.configuration->>'ArchiveMessages')::int, 0),
                coalesce((select min(number) from muc.messages where archive = a.id), 1),
                coalesce((select max(number) from muc.messages where archive = a.id), 0)
            from muc.archives a join muc.rooms r on r.room = a.room
            where a.id > $1 and ($3 or coalesce((r.configuration->>'ArchiveDays')::int, 0) > 0
                or coalesce((r.configuration->>'ArchiveMessages')::int, 0) > 0)
            order by a.id limit $2
            """);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = ArchivesAtOnce });
        command.Parameters.Add(new() { Value = HasLimits });
        var archives = new List<Kept>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            archives.Add(new Kept(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt64(4),
                reader.GetInt64(5)));
        }
        return archives;
    }

    private async Task TrimAsync(Kept archive, CancellationToken cancellationToken)
    {
        if (archive.Last < archive.First) return;
        if (CountsBytes && archive.Last > archive.Counted) await CountAsync(archive, cancellationToken);
        var until = archive.First - 1;
        if (Rooms.RoomConfiguration.RetentionOf(options.ArchiveRetention, archive.Days) is { } retention)
            until = Math.Max(until, await LastBeforeAsync(archive.Id, time.GetUtcNow() - retention, cancellationToken));
        if (Fewer(options.MaxArchivedMessages, archive.Messages) is { } messages) until = Math.Max(until, archive.Last - messages);
        for (var to = archive.First - 1; to < until;)
        {
            to = Math.Min(until, to + Bite);
            await RemoveAsync(archive.Id, to, cancellationToken);
        }
        if (options.MaxArchivedBytes > 0) await TrimToBytesAsync(archive.Id, options.MaxArchivedBytes, cancellationToken);
    }

    private static long? Fewer(long service, long room) => (service > 0, room > 0) switch
    {
        (true, true) => Math.Min(service, room),
        (true, false) => service,
        (false, true) => room,
        _ => null,
    };

    private async Task<long> LastBeforeAsync(long archive, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select number from muc.messages where archive = $1 and at < $2 order by at desc, number desc limit 1");
        command.Parameters.Add(new() { Value = archive });
        command.Parameters.Add(new() { Value = at });
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }

    /// <summary>Adds what came since the last round, in bites.</summary>
    private async Task CountAsync(Kept archive, CancellationToken cancellationToken)
    {
        for (var counted = archive.Counted; counted < archive.Last;)
        {
            var to = Math.Min(archive.Last, Math.Max(counted, archive.First - 1) + (10 * Bite));
            await HoldAndExecuteAsync($"""
                update muc.archives set counted = $3, bytes = bytes + coalesce(
                    (select sum({Size}) from muc.messages where archive = $1 and number > $2 and number <= $3), 0)::bigint
                where id = $1 and counted = $2
                """, [archive.Id, counted, to], cancellationToken);
            counted = to;
        }
    }

    private async Task TrimToBytesAsync(long archive, long limit, CancellationToken cancellationToken)
    {
        while (await ExcessAsync(archive, limit, cancellationToken) is > 0 and var excess)
        {
            // As many from the front as make up the excess, a bite at most.
            await using var command = database.CreateCommand($"""
                select coalesce(min(number) filter (where total >= $3), max(number)) from (
                    select number, sum(size) over (order by number) as total from (
                        select number, {Size} as size from muc.messages where archive = $1 order by number limit $2) m) s
                """);
            command.Parameters.Add(new() { Value = archive });
            command.Parameters.Add(new() { Value = Bite });
            command.Parameters.Add(new() { Value = excess });
            if (await command.ExecuteScalarAsync(cancellationToken) is not long to) return;
            await RemoveAsync(archive, to, cancellationToken);
        }
    }

    private async Task<long> ExcessAsync(long archive, long limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select bytes - $2 from muc.archives where id = $1");
        command.Parameters.Add(new() { Value = archive });
        command.Parameters.Add(new() { Value = limit });
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }

    private async Task TrimLargestAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var command = database.CreateCommand("""
                select (select sum(bytes) from muc.archives where room is not null)::bigint - $1, id, bytes from muc.archives
                where room is not null order by bytes desc limit 1
                """);
            command.Parameters.Add(new() { Value = options.MaxArchivedBytesInAll });
            long excess, archive, bytes;
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            {
                if (!await reader.ReadAsync(cancellationToken) || reader.IsDBNull(0)) return;
                (excess, archive, bytes) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
            }
            if (excess <= 0 || bytes <= 0) return;
            // A tenth at a time, so that of several large ones all lose something.
            await TrimToBytesAsync(archive, Math.Max(bytes - excess, bytes - (bytes / 10) - 1), cancellationToken);
        }
    }

    private async Task RemoveAsync(long archive, long to, CancellationToken cancellationToken)
    {
        await HoldAndExecuteAsync($"""
            with words as (delete from muc.texts where archive = $1 and number <= $2),
                gone as (delete from muc.messages where archive = $1 and number <= $2 returning number, {Size} as size)
            update muc.archives a set bytes = a.bytes - coalesce((select sum(size) from gone where number <= a.counted), 0)::bigint
            where a.id = $1
            """, [archive, to], cancellationToken);
    }

    /// <summary>One transaction, in which nobody takes a message of the archive back or indexes it: they hold its row too, and first.</summary>
    /// <param name="values">The archive's id is the first.</param>
    private async Task HoldAndExecuteAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select 1 from muc.archives where id = $1 for no key update")
        {
            Parameters = { new() { Value = values[0] } },
        });
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int> ExecuteAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <param name="Days">As the room's owner wants it; 0: as long as the service does.</param>
    /// <param name="Messages">Likewise; 0: as many as the service does.</param>
    private sealed record Kept(long Id, long Counted, int Days, int Messages, long First, long Last);
}
