using System.Collections.Concurrent;
using Annex.Hosting.Storage;
using Annex.Muc.Archive;
using Annex.Xmpp.Addressing;
using Microsoft.Extensions.Hosting;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>
/// Keeps the words of archived messages for searching (XEP-0431), behind the storing of messages and in small bites. Whoever searches
/// brings the room's index up to date first, so nothing that is stored is missed.
/// </summary>
internal sealed class TextIndexer(NpgsqlDataSource database, Lease lease, MucOptions options, TimeProvider time, StoreLog log)
    : BackgroundService
{
    /// <summary>Messages of one transaction.</summary>
    private const int Bite = 1000;

    /// <summary>Archives of one transaction: where many rooms talk, their words are written together.</summary>
    private const int ArchivesAtOnce = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Jid, bool> _written = new();

    /// <summary>Messages of this room are being stored.</summary>
    public void Written(Jid room)
    {
        if (options.FullTextSearch) _written.TryAdd(room, true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.FullTextSearch) return;
        await lease.WaitUntilHeldAsync(stoppingToken);
        var isAllDone = false;
        string[] again = [];
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Told before the commit: what a round finds nothing of, the next one does.
            var written = _written.Keys.ToArray();
            foreach (var room in written) _written.TryRemove(room, out _);
            string[] rooms = [.. written.Select(r => r.ToString())];
            try
            {
                var archives = await FindAsync(isAllDone ? [.. rooms.Union(again)] : null, stoppingToken);
                foreach (var some in archives.Chunk(ArchivesAtOnce)) await IndexAsync(some, int.MaxValue, stoppingToken);
                (isAllDone, again) = (true, rooms);
            }
            catch (NpgsqlException)
            {
                // The database is away: the committer says so; the next round comes.
                foreach (var room in written) _written.TryAdd(room, true);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.Failed(e);
            }
        }
    }

    /// <summary>Brings an archive's index up to date; false where that takes more than this many messages.</summary>
    public Task<bool> IndexAsync(long archive, int atMost, CancellationToken cancellationToken) => IndexAsync([archive], atMost, cancellationToken);

    /// <summary>The archives that hold messages whose words are not kept yet.</summary>
    /// <param name="rooms">Null: of all rooms, for what earlier processes left.</param>
    private async Task<List<long>> FindAsync(string[]? rooms, CancellationToken cancellationToken)
    {
        var archives = new List<long>();
        if (rooms is { Length: 0 }) return archives;
        await using var command = database.CreateCommand("""
            select a.id from muc.archives a where a.room is not null and ($1::text[] is null or a.room = any($1))
                and exists (select 1 from muc.messages m where m.archive = a.id and m.number > a.indexed) order by a.id
            """);
        command.Parameters.Add(new() { Value = (object?)rooms ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) archives.Add(reader.GetInt64(0));
        return archives;
    }

    private async Task<bool> IndexAsync(long[] archives, int atMost, CancellationToken cancellationToken)
    {
        for (var done = 0; ;)
        {
            var indexed = await IndexSomeAsync(archives, cancellationToken);
            if (indexed < Bite) return true;
            done += indexed;
            if (done >= atMost) return false;
        }
    }

    private async Task<int> IndexSomeAsync(long[] archives, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        archives = await HoldAsync(connection, transaction, archives, cancellationToken);
        var found = await ReadAsync(connection, archives, cancellationToken);
        if (found.Last.Count == 0) return 0;
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into muc.texts (archive, number, words)
            select x.archive, x.number, to_tsvector('simple', x.body) || array_to_tsvector(array['=' || x.archive])
            from unnest($1::bigint[], $2::bigint[], $3::text[]) as x(archive, number, body) on conflict do nothing
            """)
        {
            Parameters =
            {
                Numbers(found.Texts.Select(t => t.Archive)), Numbers(found.Texts.Select(t => t.Number)),
                new() { Value = found.Texts.Select(t => t.Text).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "update muc.archives a set indexed = x.last from unnest($1::bigint[], $2::bigint[]) as x(archive, last) where a.id = x.archive")
        {
            Parameters = { Numbers(found.Last.Keys), Numbers(found.Last.Values) },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return found.Count;
    }

    /// <summary>Whoever takes a message back takes these locks too: it never comes between our reading a text and keeping its words.
    /// Of several archives none is waited for, so that nobody waits for us in turn: a search brings them up to date, or the next round.
    /// Nothing is synced for it: what a crash takes with it is indexed again.</summary>
    /// <returns>Those that are held.</returns>
    private static async Task<long[]> HoldAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long[] archives,
        CancellationToken cancellationToken)
    {
        await using var hold = new NpgsqlBatch(connection, transaction);
        hold.BatchCommands.Add(new NpgsqlBatchCommand("set local synchronous_commit = off"));
        hold.BatchCommands.Add(new NpgsqlBatchCommand(
            $"select id from muc.archives where id = any($1) for no key update {(archives.Length > 1 ? "skip locked" : "")}")
        {
            Parameters = { new() { Value = archives } },
        });
        var held = new List<long>();
        await using var reader = await hold.ExecuteReaderAsync(cancellationToken);
        while (reader.FieldCount == 0 && await reader.NextResultAsync(cancellationToken))
        {
        }
        while (await reader.ReadAsync(cancellationToken)) held.Add(reader.GetInt64(0));
        return [.. held];
    }

    /// <summary>The next messages of these archives, those of each in its order.</summary>
    private static async Task<Found> ReadAsync(NpgsqlConnection connection, long[] archives, CancellationToken cancellationToken)
    {
        var found = new Found([], [], 0);
        await using var read = new NpgsqlCommand("""
            select m.archive, m.number, m.tail from muc.archives a cross join lateral (
                select archive, number, tail from muc.messages where archive = a.id and number > a.indexed order by number limit $2) m
            where a.id = any($1) order by m.archive, m.number limit $2
            """, connection)
        {
            Parameters = { new() { Value = archives }, new() { Value = Bite } },
        };
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (archive, number) = (reader.GetInt64(0), reader.GetInt64(1));
            found = found with { Count = found.Count + 1 };
            found.Last[archive] = number;
            if (ArchivedText.Of(reader.GetFieldValue<byte[]>(2)) is { } text) found.Texts.Add((archive, number, text));
        }
        return found;
    }

    private static NpgsqlParameter Numbers(IEnumerable<long> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    /// <param name="Last">By archive: up to which number it has been read.</param>
    private sealed record Found(List<(long Archive, long Number, string Text)> Texts, Dictionary<long, long> Last, int Count);
}
