using Annex.Contracts.Status.V1;
using Annex.Hosting.Messaging;
using Annex.Hosting.Observability;
using Annex.Xmpp.Streams;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Annex.Hosting.Operations;

/// <summary>How a service of this process is, in the words of annex.status.v1: for that contract and for the status page.</summary>
internal sealed class StatusReporter(
    IServiceProvider provider, IEnumerable<ServiceFacts> facts, IEnumerable<ServiceFigure> figures, HealthCheckService health,
    TimeProvider time)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public IEnumerable<string> Services => facts.Select(f => f.Service);

    public async Task<GetStatusResponse> ReportAsync(string service, CancellationToken cancellationToken)
    {
        var own = facts.First(f => f.Service == service);
        var status = new GetStatusResponse
        {
            Service = service,
            Version = Telemetry.Version,
            StartedAt = _startedAt.ToTimestamp(),
            Now = time.GetUtcNow().ToTimestamp(),
            ComponentJid = own.Options.Component.Jid,
            ComponentHost = own.Options.Component.Host,
            ComponentPort = own.Options.Component.Port,
            LocalDomains = { own.LocalDomains.Order(StringComparer.Ordinal) },
        };
        AddLink(status, provider.GetKeyedService<ComponentConnection>(service));
        // A check without a service's tag (the bus) is every service's.
        var report = await health.CheckHealthAsync(
            c => c.Tags.Contains(service) || !facts.Any(f => c.Tags.Contains(f.Service)), cancellationToken);
        status.IsReady = report.Status != HealthStatus.Unhealthy;
        foreach (var (name, entry) in report.Entries.Where(e => e.Value.Status != HealthStatus.Healthy))
            status.Problems[name] = entry.Description ?? entry.Exception?.Message ?? "not well";
        foreach (var figure in figures.Where(f => f.Service == service))
            status.Figures[figure.Name] = figure.Value;
        await AddQueueAsync(status, cancellationToken);
        return status;
    }

    private static void AddLink(GetStatusResponse status, ComponentConnection? connection)
    {
        if (connection is null)
            return;
        var report = connection.LastReport;
        var traffic = connection.Traffic;
        status.IsComponentConnected = report.State == LinkState.Up;
        status.LinkFault = report.Fault.ToString();
        status.LinkDetail = report.Detail ?? "";
        status.LinkKeys.AddRange(report.Options.Select(o => $"{status.Service}:Component:{o}"));
        status.Figures["stanzas_received"] = traffic.StanzasReceived;
        status.Figures["stanzas_sent"] = traffic.StanzasSent;
        status.Figures["bytes_received"] = traffic.BytesReceived;
        status.Figures["bytes_sent"] = traffic.BytesSent;
        status.Figures["bytes_waiting"] = connection.WaitingBytes;
        status.Figures["handler_failures"] = traffic.HandlerFailures;
    }

    private async Task AddQueueAsync(GetStatusResponse status, CancellationToken cancellationToken)
    {
        if (provider.GetKeyedService<EventErrors>(status.Service) is not { } errors)
            return;
        try
        {
            var queue = await errors.CountAsync(cancellationToken);
            status.Figures["outbox"] = queue.Outbox;
            status.Figures["outbox_age"] = queue.OutboxAge;
            status.Figures["event_errors"] = queue.Errors;
        }
        catch (NpgsqlException)
        {
            // The database's own check says so.
        }
    }
}
