using Grpc.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Search.Consumers;

/// <summary>Compares with muc at start, once more when the bus can be heard, and then regularly; while muc or the database is away,
/// sooner. What muc tells between the first list and the first event that reaches us would be missed otherwise.</summary>
internal sealed class ReconcileLoop(
    Reconciler reconciler, SearchOptions options, HealthCheckService health, TimeProvider time, ILogger<ReconcileLoop> logger)
    : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan BusPoll = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        var isBusHeard = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            var wasBusHeard = isBusHeard;
            try
            {
                isBusHeard = isBusHeard || await IsBusUpAsync(stoppingToken);
                wasBusHeard = isBusHeard;
                var outcome = await reconciler.RunAsync(stoppingToken);
                if (outcome is null)
                    return;
                if (failures > 0)
                    Log.ReconcileWorksAgain(logger);
                failures = 0;
                if (outcome is not { Added: 0, Changed: 0, Removed: 0 })
                    Log.Reconciled(logger, outcome.Added, outcome.Changed, outcome.Removed);
            }
            catch (Exception e) when (e is RpcException or NpgsqlException && !stoppingToken.IsCancellationRequested)
            {
                // Once per change of state.
                if (failures++ == 0)
                    Log.ReconcileFailed(logger, e is RpcException rpc ? rpc.Status.ToString() : e.Message);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            var pause = failures == 0 ? options.ReconcileInterval
                : TimeSpan.FromTicks(Math.Min(options.ReconcileInterval.Ticks, FirstRetry.Ticks << Math.Min(failures - 1, 20)));
            if (!wasBusHeard && failures == 0)
            {
                isBusHeard = await WaitForBusAsync(pause, stoppingToken);
                continue;
            }
            // A tenth of jitter: five processes do not ask at the same moment.
            await Task.Delay(pause * (0.9 + (0.2 * Random.Shared.NextDouble())), time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits until the bus is up, at most so long.</summary>
    private async Task<bool> WaitForBusAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + atMost;
        while (time.GetUtcNow() < until && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(BusPoll, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (await IsBusUpAsync(CancellationToken.None))
                return true;
        }
        return false;
    }

    private async Task<bool> IsBusUpAsync(CancellationToken cancellationToken) =>
        (await health.CheckHealthAsync(check => check.Name == "bus", cancellationToken)).Status == HealthStatus.Healthy;
}
