using Annex.Upload.Storage;

namespace Annex.Upload.Intake;

/// <summary>Renews the slots that are being filled, however slowly, so that nobody sweeps them; those of a killed process run
/// out by themselves.</summary>
public sealed class LeaseKeeper(ActiveUploads active, SlotTable slots, TimeProvider time, ILogger<LeaseKeeper> logger)
    : BackgroundService
{
    /// <summary>How long a slot outlives the last sign of its upload.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20); // two may be missed

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var paths = active.Paths;
                if (paths.Length > 0) await slots.RenewAsync(paths, time.GetUtcNow() + Lease, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.SweepFailed(logger, "renewing slots", exception);
            }
        }
    }
}
