using Grpc.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Annex.Hosting.Messaging;

/// <summary>Compares with another service at start, once more when the bus can be heard, and then regularly; while that service or
/// the database is away, sooner. What it tells between the first answer and the first event that reaches us would be missed
/// otherwise.</summary>
/// <param name="run">One comparison; false where there is nobody to compare with: then the loop ends.</param>
/// <param name="told">Once per change of state: what is wrong, or null when it works again.</param>
public sealed class ReconcileLoop(Func<CancellationToken, Task<bool>> run, TimeSpan interval, HealthCheckService health,
    TimeProvider time, Action<string?> told) : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan BusPoll = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
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
                if (!await run(stoppingToken))
                    return;
                if (failures > 0)
                    told(null);
                failures = 0;
            }
            catch (Exception e) when (e is RpcException or NpgsqlException && !stoppingToken.IsCancellationRequested)
            {
                if (failures++ == 0)
                    told(e is RpcException rpc ? rpc.Status.ToString() : e.Message);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            var pause = failures == 0 ? interval
                : TimeSpan.FromTicks(Math.Min(interval.Ticks, FirstRetry.Ticks << Math.Min(failures - 1, 20)));
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
        // Not by the wall clock, which may jump.
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < atMost && !cancellationToken.IsCancellationRequested)
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
