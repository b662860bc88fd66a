using Annex.Push.Delivery;
using Annex.Push.Storage;
using Annex.Push.UnifiedPush;

namespace Annex.Push;

/// <summary>What runs as long as the process: the intake's writer, the delivery, and housekeeping. Each begins again
/// after a failure, since the database may be away.</summary>
public sealed class PushWork(
    PublishIntake intake, DeliveryWorker worker, PushQueue queue, RegistrationStore registrations,
        DeliveryObserver observer,
    EndpointStore endpoints, IEnumerable<Providers.IPushProvider> providers, TimeProvider time,
        ILogger<PushWork> logger)
    : BackgroundService
{
    private const int Bite = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WordsInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    /// <summary>How long a dead registration waits for the publish that is told so.</summary>
    private static readonly TimeSpan GoneFor = TimeSpan.FromDays(30);

    private static readonly TimeSpan DrainFor = TimeSpan.FromSeconds(5);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // What is on its way may arrive; what does not is sent again by the next start.
        await worker.DrainAsync().WaitAsync(DrainFor, time,
            cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancellationToken.IsCancellationRequested) await TryAsync("keeping the last answers", KeepWordsAsync,
            cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Log.Providers(logger, string.Join(", ", providers.Select(p => p.Name)));
        return Task.WhenAll([
            .. worker.Lanes.Select(lane =>
                ForeverAsync($"delivering pushes by {lane.Provider}", lane.RunAsync, Pause, stoppingToken)),
            ForeverAsync("storing pushes", intake.RunAsync, Pause, stoppingToken),
            ForeverAsync("keeping the last answers", KeepWordsAsync, WordsInterval, stoppingToken),
            ForeverAsync("sweeping", SweepAsync, SweepInterval, stoppingToken),
        ]);
    }

    private async Task KeepWordsAsync(CancellationToken cancellationToken)
    {
        if (observer.TakeWords() is { Count: > 0 } words) await registrations.RecordAsync(words, cancellationToken);
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        while (await queue.SweepAsync(Bite,
            cancellationToken) == Bite) cancellationToken.ThrowIfCancellationRequested();
        await registrations.SweepGoneAsync(GoneFor, cancellationToken);
        await endpoints.SweepAsync(cancellationToken);
        var rotated = 0;
        while (await registrations.RotateAsync(Bite, cancellationToken) is > 0 and var some) rotated += some;
        while (await endpoints.RotateAsync(Bite, cancellationToken) is > 0 and var some) rotated += some;
        if (rotated > 0) Log.Rotated(logger, rotated);
    }

    private async Task ForeverAsync(string what, Func<CancellationToken, Task> work, TimeSpan pause,
        CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            await TryAsync(what, work, stoppingToken);
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryAsync(string what, Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
        catch (Exception exception)
        {
            Log.WorkFailed(logger, what, exception);
        }
    }
}
