using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>Tells how many are in the public rooms, at most once in a while for each room, whatever comes and goes in between.</summary>
internal sealed class OccupancyService(NpgsqlDataSource database, Lease lease, EventOutbox outbox, RoomEvents events,
    RoomDirectory directory, TimeProvider time, StoreLog log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<Jid, int> _told = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lease.WaitUntilHeldAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var changed = events.TakeChanged();
            try
            {
                await TellAsync(changed, stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or LeaseLostException)
            {
                // The next change of a room tells its number; the committer says that the database is away.
                foreach (var room in changed) events.OccupantsChanged(room);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.Failed(e);
            }
        }
    }

    private async Task TellAsync(IReadOnlyCollection<Jid> changed, CancellationToken cancellationToken)
    {
        var told = new List<(Jid Room, int Occupants)>();
        foreach (var address in changed)
        {
            if (!directory.TryGet(address, out var mailbox) || mailbox.Room is not { Exists: true } room)
            {
                _told.Remove(address);
                continue;
            }
            if (room.Configuration.IsPublic && _told.GetValueOrDefault(address, -1) != room.OccupantCount)
                told.Add((address, room.OccupantCount));
        }
        if (told.Count == 0)
            return;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await lease.FenceAsync(connection, transaction, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        var now = time.GetUtcNow();
        foreach (var (room, occupants) in told)
        {
            batch.BatchCommands.Add(outbox.CreateBatchCommand(new RoomOccupancyChanged
            {
                Room = room.ToString(),
                Version = (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
                Occupants = occupants,
                At = now,
            }));
        }
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        foreach (var (room, occupants) in told)
            _told[room] = occupants;
    }
}
