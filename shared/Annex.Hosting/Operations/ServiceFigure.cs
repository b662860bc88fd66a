using System.Diagnostics.Metrics;
using System.Text;

namespace Annex.Hosting.Operations;

/// <summary>A number of a service that people look at ("rooms"): shown on the status page and told by annex.status.v1. With a
/// description it is also the gauge <c>annex.&lt;service&gt;.&lt;name&gt;</c>.</summary>
internal sealed class ServiceFigure : IDisposable
{
    private readonly Meter? _meter;
    private readonly Func<double> _read;

    public ServiceFigure(string service, string name, Func<double> read, string? unit, string? description)
    {
        (Service, Name, _read) = (service, name, read);
        if (description is null)
            return;
        _meter = new Meter($"Annex.{service}.Figures");
        _meter.CreateObservableGauge($"annex.{MetricWord(service)}.{name}", read, unit, description);
    }

    public string Service { get; }

    public string Name { get; }

    public double Value => _read();

    public void Dispose() => _meter?.Dispose();

    // TurnDiscovery becomes turn_discovery, as in the names of its other metrics.
    private static string MetricWord(string service)
    {
        var word = new StringBuilder();
        foreach (var c in service)
        {
            if (char.IsAsciiLetterUpper(c) && word.Length > 0)
                word.Append('_');
            word.Append(char.ToLowerInvariant(c));
        }
        return word.ToString();
    }
}
