using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Annex.Hosting.Observability;

/// <summary>Has the container construct the exporters at start, so that it also disposes, and so flushes, them at the end.</summary>
internal sealed class TelemetryFlush(OpenTelemetrySdk sdk) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        sdk.TracerProvider.ForceFlush(2000);
        return Task.CompletedTask;
    }
}
