using Annex.Xmpp.Streams;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Annex.Hosting.Components;

/// <summary>Ready means that the link stands; a standby is well and not ready.</summary>
internal sealed class ComponentHealth(ComponentConnection connection) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var report = connection.LastReport;
        return Task.FromResult(report.State switch
        {
            LinkState.Up => HealthCheckResult.Healthy("connected"),
            LinkState.Standby => HealthCheckResult.Degraded("standby: another connection holds the address"),
            LinkState.Starting => HealthCheckResult.Unhealthy("connecting"),
            LinkState.Closed => HealthCheckResult.Unhealthy("closed"),
            _ => HealthCheckResult.Unhealthy(report.Detail is null ? "down" : $"down: {report.Detail}"),
        });
    }
}
