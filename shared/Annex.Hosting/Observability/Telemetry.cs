using System.Diagnostics;
using System.Reflection;
using Annex.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Annex.Hosting.Observability;

/// <summary>Export over OTLP, where it is configured; nothing of it is loaded otherwise.</summary>
internal static class Telemetry
{
    public static readonly ActivitySource Source = new("Annex.Hosting");

    public static string Version { get; } =
        typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            .Split('+')[0] ?? "0";

    public static void Add(IServiceCollection services, ILoggingBuilder logging, ObservabilityOptions options, string process)
    {
        if (options.Otlp is { } collector)
            Export(collector, services, logging, options, process);
    }

    private static void Export(
        Uri collector, IServiceCollection services, ILoggingBuilder logging, ObservabilityOptions options, string process)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(process, "annex", Version);
        var sdk = OpenTelemetrySdk.Create(builder => builder
            .WithTracing(tracing => tracing
                .SetResourceBuilder(resource)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceShare)))
                .AddSource("Annex.*", "Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "MassTransit")
                .AddOtlpExporter(o => Configure(o, collector, options.Protocol, "v1/traces")))
            .WithMetrics(metrics => metrics
                .SetResourceBuilder(resource)
                .AddMeter([.. MetricStore.Meters])
                .AddOtlpExporter(o => Configure(o, collector, options.Protocol, "v1/metrics"))));
        // Disposed with the container, which sends what is left.
        services.AddSingleton(_ => sdk);
        services.AddHostedService(provider => new TelemetryFlush(provider.GetRequiredService<OpenTelemetrySdk>()));
        logging.AddOpenTelemetry(o => o
            .SetResourceBuilder(resource)
            .AddOtlpExporter(e => Configure(e, collector, options.Protocol, "v1/logs")));
    }

    // Set by hand the endpoint is taken as it is: over HTTP the signal's path belongs to it.
    private static void Configure(OtlpExporterOptions options, Uri collector, OtlpProtocol protocol, string path)
    {
        options.Protocol = protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = protocol == OtlpProtocol.Grpc
            ? collector
            : new Uri(collector.AbsoluteUri.TrimEnd('/') + "/" + path);
    }
}
