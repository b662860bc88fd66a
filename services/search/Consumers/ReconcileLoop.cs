using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Search.Consumers;

/// <summary>Compares with muc at start and then regularly; while muc or the database is away, sooner.</summary>
internal sealed class ReconcileLoop(
    Reconciler reconciler, SearchOptions options, TimeProvider time, ILogger<ReconcileLoop> logger) : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
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
            // A tenth of jitter: five processes do not ask at the same moment.
            await Task.Delay(pause * (0.9 + (0.2 * Random.Shared.NextDouble())), time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
