namespace Annex.Hosting.Configuration;

/// <summary>Export over OpenTelemetry's protocol; /metrics on Ops:Listen works without.</summary>
public sealed class ObservabilityOptions
{
    /// <summary>Collector for traces, metrics and logs (`http://collector:4318`). Without it nothing is exported.</summary>
    public Uri? Otlp { get; set; }

    /// <summary>HttpProtobuf (port 4318) or Grpc (port 4317).</summary>
    public OtlpProtocol Protocol { get; set; } = OtlpProtocol.HttpProtobuf;

    /// <summary>Share of the traces that is kept, 0 to 1.</summary>
    [System.ComponentModel.DataAnnotations.Range(0.0, 1.0)]
    public double TraceShare { get; set; } = 1;
}
