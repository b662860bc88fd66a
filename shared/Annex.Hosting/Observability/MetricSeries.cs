using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Annex.Hosting.Observability;

/// <summary>All values of one instrument, by labels.</summary>
internal sealed class MetricSeries
{
    /// <summary>Combinations of labels of one instrument; more end in one series with the label overflow, as OpenTelemetry
    /// does. A label that somebody outside can choose must not cost memory.</summary>
    public const int MaxPoints = 500;

    private const string Overflow = "overflow=\"true\"";

    // Seconds, from a cached lookup to a slow upload.
    private static readonly double[] Seconds = [.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60];

    // Anything else: sizes and counts.
    private static readonly double[] Powers = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216];

    private readonly ConcurrentDictionary<string, MetricPoint> _points = new(StringComparer.Ordinal);

    // By the tags as they are recorded, so that recording makes no text: counters stand in hot paths.
    private readonly ConcurrentDictionary<int, TaggedPoint> _byTags = [];
    private readonly bool _isSum;

    public MetricSeries(Instrument instrument)
    {
        Instrument = instrument;
        var kind = instrument.GetType().Name;
        IsHistogram = kind.StartsWith("Histogram", StringComparison.Ordinal);
        IsCounter = kind.StartsWith("Counter", StringComparison.Ordinal)
            || kind.StartsWith("ObservableCounter", StringComparison.Ordinal);
        _isSum = !instrument.IsObservable && (IsCounter || kind.StartsWith("UpDownCounter", StringComparison.Ordinal));
        Bounds = !IsHistogram ? []
            : (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries is { } advised ? [.. advised]
            : (instrument as Histogram<long>)?.Advice?.HistogramBucketBoundaries is { } whole ? [.. whole.Select(b => (double)b)]
            : instrument.Unit == "s" ? Seconds : Powers;
    }

    public Instrument Instrument { get; }

    public bool IsHistogram { get; }

    public bool IsCounter { get; }

    /// <summary>Upper bounds of the buckets, without the last one (+Inf).</summary>
    public double[] Bounds { get; }

    /// <summary>By labels as they stand in the text format.</summary>
    public IEnumerable<KeyValuePair<string, MetricPoint>> Points => _points.OrderBy(p => p.Key, StringComparer.Ordinal);

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var point = Find(tags);
        if (IsHistogram)
            point.Observe(value, Bounds);
        else if (_isSum)
            point.Add(value);
        else
            point.Set(value);
    }

    /// <summary>Observable instruments say everything anew at each collection; what they no longer say is gone.</summary>
    public void ForgetObservations()
    {
        if (Instrument.IsObservable)
        {
            _points.Clear();
            _byTags.Clear();
        }
    }

    private MetricPoint Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = new HashCode();
        foreach (var (key, value) in tags)
        {
            hash.Add(key);
            hash.Add(value);
        }
        var code = hash.ToHashCode();
        if (_byTags.TryGetValue(code, out var tagged) && tagged.Has(tags))
            return tagged.Point;
        var labels = Labels(tags);
        var isFull = _points.Count >= MaxPoints;
        var point = _points.GetOrAdd(isFull && !_points.ContainsKey(labels) ? Overflow : labels,
            _ => new MetricPoint(IsHistogram ? Bounds.Length + 1 : 0));
        if (!isFull)
            _byTags[code] = new TaggedPoint(tags.ToArray(), point);
        return point;
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            if (text.Length > 0)
                text.Append(',');
            foreach (var c in key)
                text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
            text.Append("=\"");
            foreach (var c in Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
                _ = c switch
                {
                    '\\' => text.Append("\\\\"),
                    '"' => text.Append("\\\""),
                    '\n' => text.Append("\\n"),
                    _ => text.Append(c),
                };
            text.Append('"');
        }
        return text.ToString();
    }

    private sealed record TaggedPoint(KeyValuePair<string, object?>[] Tags, MetricPoint Point)
    {
        public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Length != Tags.Length)
                return false;
            for (var i = 0; i < tags.Length; i++)
            {
                if (tags[i].Key != Tags[i].Key || !Equals(tags[i].Value, Tags[i].Value))
                    return false;
            }
            return true;
        }
    }
}
