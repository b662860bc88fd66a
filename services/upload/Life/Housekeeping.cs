using Annex.Upload.Intake;
using Annex.Upload.Storage;

namespace Annex.Upload.Life;

/// <summary>Runs the sweeper, the mender and the look into staging, each at its own interval, none of them ever twice at
/// once.</summary>
public sealed class Housekeeping(
    Sweeper sweeper, OrphanMender mender, SlotTable slots, IServiceProvider services, UploadOptions options, TimeProvider time,
    ILogger<Housekeeping> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var staged = services.GetService<StagedIntake>();
        return Task.WhenAll(
            RepeatAsync("sweeping", options.Sweep.Interval, token => sweeper.SweepAsync(token), stoppingToken),
            RepeatAsync("mending", options.Sweep.OrphanInterval, token => mender.MendAsync(token), stoppingToken),
            staged is null ? Task.CompletedTask : RepeatAsync("looking for pre-signed uploads", options.Sweep.StagingInterval,
                token => ConfirmAllAsync(staged, token), stoppingToken));
    }

    private async Task ConfirmAllAsync(StagedIntake staged, CancellationToken cancellationToken)
    {
        foreach (var file in await slots.FindStagedAsync(options.Sweep.Bite, cancellationToken))
        {
            await staged.ConfirmAsync(file, cancellationToken);
        }
    }

    private async Task RepeatAsync(
        string what, TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        var isFailing = false;
        do
        {
            try
            {
                await work(stoppingToken);
                if (isFailing) Log.SweepWorksAgain(logger, what);
                isFailing = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Database, store or scanner away: the next turn finds the same work. Said once, not at every turn.
                if (!isFailing) Log.SweepFailed(logger, what, exception);
                isFailing = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
