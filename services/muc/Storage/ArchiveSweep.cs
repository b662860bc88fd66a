using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>Takes away, in small bites, what is past its time: archives of rooms that were destroyed, messages beyond the retention
/// (from the front, so that numbers stay without gaps), tombstones.</summary>
internal sealed class ArchiveSweep(NpgsqlDataSource database, MucOptions options, TimeProvider time, StoreLog log) : BackgroundService
{
    private const int Bite = 2000;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await SweepAsync(stoppingToken) >= Bite)
                {
                    // Another bite at once: there is more, and each is a transaction of its own.
                }
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

    /// <summary>One bite.</summary>
    /// <returns>How many messages went.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var removed = await ExecuteAsync("""
            delete from muc.messages where (archive, number) in (
                select m.archive, m.number from muc.archives a join muc.messages m on m.archive = a.id
                where a.room is null limit $1)
            """, [Bite], cancellationToken);
        if (removed < Bite)
        {
            await ExecuteAsync("""
                delete from muc.archives a where a.room is null and not exists (select 1 from muc.messages m where m.archive = a.id)
                """, [], cancellationToken);
        }
        if (options.ArchiveRetention > TimeSpan.Zero)
        {
            removed += await ExecuteAsync("""
                delete from muc.messages where (archive, number) in (
                    select m.archive, m.number from muc.archives a cross join lateral (
                        select archive, number from muc.messages where archive = a.id and at < $1 order by number limit 200) m
                    limit $2)
                """, [now - options.ArchiveRetention, Bite], cancellationToken);
        }
        await ExecuteAsync("delete from muc.tombstones where until < $1", [now], cancellationToken);
        return removed;
    }

    private async Task<int> ExecuteAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
