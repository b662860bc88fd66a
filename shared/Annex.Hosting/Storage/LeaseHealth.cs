using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Annex.Hosting.Storage;

/// <summary>A standby is well, and says so.</summary>
internal sealed class LeaseHealth(Lease lease) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(lease.IsHeld
            ? HealthCheckResult.Healthy($"held, epoch {lease.Epoch}")
            : HealthCheckResult.Degraded("standby: another process holds the lease"));
}
