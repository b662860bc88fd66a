using System.Text;
using Annex.Hosting.Observability;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Annex.Hosting.Web;

/// <summary>What every Ops:Listen has: /health/live, /health/ready, /metrics.</summary>
internal static class OpsPages
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", () => Results.Text("live\n"));
        endpoints.MapGet("/health/ready", ReadyAsync);
        endpoints.MapGet("/metrics", (MetricStore metrics) =>
            Results.Text(metrics.WriteText(), PrometheusText.ContentType));
    }

    /// <summary>200 with "ready", or 503, and a line for each check. Degraded (a broker away, a standby) counts as told, not as
    /// unready.</summary>
    private static async Task<IResult> ReadyAsync(HealthCheckService health, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        var report = await health.CheckHealthAsync(patience.Token);
        var text = new StringBuilder(report.Status == HealthStatus.Unhealthy ? "not ready\n" : "ready\n");
        foreach (var (name, entry) in report.Entries.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append(": ").Append(entry.Status == HealthStatus.Healthy ? "ok" : "trouble");
            if (entry.Description is { Length: > 0 } description)
                text.Append(" (").Append(description).Append(')');
            text.Append('\n');
        }
        return Results.Text(text.ToString(), statusCode: report.Status == HealthStatus.Unhealthy
            ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}
