namespace Annex.Load;

/// <summary>Milliseconds of single deliveries and their quantiles.</summary>
internal sealed class Latencies
{
    private readonly List<double> _all = [];

    public void Add(TimeSpan time) => _all.Add(time.TotalMilliseconds);

    public double Quantile(double q)
    {
        if (_all.Count == 0) return 0;
        _all.Sort();
        return _all[Math.Min(_all.Count - 1, (int)(q * _all.Count))];
    }
}
