using Annex.Hosting.Storage;
using Annex.Muc.Storage;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Annex.Muc.Handlers;

/// <summary>What ends by itself at the desk: bans of the service every second, the audit log's old lines every
/// minute.</summary>
internal sealed class DeskService(BanDesk bans, AuditLog audit, Lease lease, TimeProvider time, StoreLog log) : BackgroundService
{
    private const int SweepEvery = 60;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lease.WaitUntilHeldAsync(stoppingToken);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        for (var second = 0; await timer.WaitForNextTickAsync(stoppingToken); second++)
        {
            try
            {
                await bans.LiftWhatRanOutAsync(stoppingToken);
                while (second % SweepEvery == 0 && await audit.SweepAsync(stoppingToken) > 0)
                {
                    // Another bite at once: each is a transaction of its own.
                }
            }
            catch (Exception e) when (e is NpgsqlException or LeaseLostException)
            {
                // The committer says that the database is away; the next second tries again.
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.Failed(e);
            }
        }
    }
}
