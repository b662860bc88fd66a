using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Annex.Hosting.Observability;

/// <summary>
/// Listens to this process's instruments and keeps their sums and buckets for /metrics. (No Prometheus exporter of
/// OpenTelemetry's is to be had at a released version.)
/// </summary>
internal sealed class MetricStore : IDisposable
{
    /// <summary>Ours, and those of the runtime and the libraries that operators look at. A name that ends with * is a prefix.</summary>
    public static IReadOnlyList<string> Meters { get; } =
    [
        "Annex.*", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http",
        "Npgsql", "MassTransit",
    ];

    private readonly Lock _writing = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricSeries> _series = [];

    public MetricStore()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!IsWanted(instrument.Meter.Name))
                return;
            var series = new MetricSeries(instrument);
            _series[instrument] = series;
            listener.EnableMeasurementEvents(instrument, series);
        };
        _listener.MeasurementsCompleted = (instrument, state) => _series.TryRemove(instrument, out var _);
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => Record(state, (double)value, tags));
        _listener.Start();
    }

    /// <summary>Asks the observable instruments and returns all series by instrument, in the order of their names.</summary>
    public IReadOnlyList<MetricSeries> Collect()
    {
        foreach (var series in _series.Values)
            series.ForgetObservations();
        _listener.RecordObservableInstruments();
        return [.. _series.Values.OrderBy(s => s.Instrument.Name, StringComparer.Ordinal)];
    }

    /// <summary>All of it as Prometheus reads it. One at a time: a second collection would empty what the first one writes.</summary>
    public string WriteText()
    {
        lock (_writing)
            return PrometheusText.Write(Collect());
    }

    public void Dispose() => _listener.Dispose();

    private static void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        (state as MetricSeries)?.Record(value, tags);

    private static bool IsWanted(string meter)
    {
        foreach (var wanted in Meters)
        {
            if (wanted[^1] == '*' ? meter.StartsWith(wanted.AsSpan(0, wanted.Length - 1), StringComparison.Ordinal)
                : meter == wanted)
                return true;
        }
        return false;
    }
}
