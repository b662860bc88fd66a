using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Annex.Hosting.Storage;

/// <summary>Ready means that the service's database answers.</summary>
internal sealed class DatabaseHealth(IServiceProvider services, string service) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var source = services.GetRequiredKeyedService<NpgsqlDataSource>(service);
            await using var command = source.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            var newer = services.GetServices<DatabaseRegistration>().FirstOrDefault(r => r.Service == service)?.NewerMigration;
            return newer is null ? HealthCheckResult.Healthy()
                : HealthCheckResult.Degraded($"a newer release has used the database (migration {newer} is unknown here)");
        }
        catch (NpgsqlException e)
        {
            return HealthCheckResult.Unhealthy(e.Message);
        }
    }
}
