namespace Annex.Upload.Storage;

/// <summary>
/// The sums that the quotas of a domain and of the whole service are held against. Summed anew every few seconds and counted
/// up in between: several processes may overshoot together by what they grant within that time, which such large limits bear;
/// a counter in one row would make every upload of the service wait for every other.
/// </summary>
public sealed class TotalUsage(UsageTable usage, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private Dictionary<string, long> _domains = new(StringComparer.Ordinal);
    private long _total;
    private long _summedAt;
    private bool _isSummed;
    private bool _isSumming;

    /// <summary>Counts bytes that are about to be reserved; false (and nothing counted) where a limit forbids them.</summary>
    /// <param name="domainLimit">Bytes; 0: none.</param>
    /// <param name="totalLimit">Bytes; 0: none.</param>
    public async ValueTask<bool> TryAddAsync(
        string domain, long bytes, long domainLimit, long totalLimit, CancellationToken cancellationToken)
    {
        if (domainLimit <= 0 && totalLimit <= 0) return true;
        if (MustSum()) await SumAsync(cancellationToken);
        lock (_lock)
        {
            var used = _domains.GetValueOrDefault(domain);
            if (domainLimit > 0 && used + bytes > domainLimit) return false;
            if (totalLimit > 0 && _total + bytes > totalLimit) return false;
            _domains[domain] = used + bytes;
            _total += bytes;
            return true;
        }
    }

    /// <summary>The next look counts anew: something was deleted.</summary>
    public void Invalidate()
    {
        lock (_lock) _isSummed = false;
    }

    private bool MustSum()
    {
        lock (_lock)
        {
            if (_isSummed && (_isSumming || time.GetElapsedTime(_summedAt) < MaxAge)) return false;
            return _isSumming = true;
        }
    }

    private async Task SumAsync(CancellationToken cancellationToken)
    {
        try
        {
            var totals = await usage.TotalsAsync(cancellationToken);
            lock (_lock)
            {
                _domains = totals.ToDictionary(pair => pair.Key, pair => pair.Value.Bytes, StringComparer.Ordinal);
                _total = _domains.Values.Sum();
                _summedAt = time.GetTimestamp();
                _isSummed = true;
            }
        }
        finally
        {
            lock (_lock) _isSumming = false;
        }
    }
}
