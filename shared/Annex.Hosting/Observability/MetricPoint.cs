namespace Annex.Hosting.Observability;

/// <summary>One series' value, or its buckets.</summary>
internal sealed class MetricPoint(int buckets)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[buckets];
    private double _value;

    public void Add(double value)
    {
        lock (_gate)
            _value += value;
    }

    public void Set(double value)
    {
        lock (_gate)
            _value = value;
    }

    public void Observe(double value, double[] bounds)
    {
        var index = Array.BinarySearch(bounds, value);
        lock (_gate)
        {
            _value += value;
            _buckets[index >= 0 ? index : ~index]++;
        }
    }

    /// <summary>The value (of a histogram: the sum) and the counts of its buckets, taken together.</summary>
    public (double Value, long[] Buckets) Read()
    {
        lock (_gate)
            return (_value, [.. _buckets]);
    }
}
