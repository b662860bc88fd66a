using Annex.TurnDiscovery.Health;
using Microsoft.Extensions.Hosting;

namespace Annex.TurnDiscovery.Handlers;

/// <summary>Pushes when a service changes, and renews credentials in time.</summary>
public sealed class PushService(ServicePushes pushes, HealthMonitor monitor, TimeProvider time) : BackgroundService
{
    /// <summary>How late a renewal may be; the shortest credential lives a minute, of which a fifth is left.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        monitor.Changed += pushes.Push;
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                pushes.Renew();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
        finally
        {
            monitor.Changed -= pushes.Push;
        }
    }
}
