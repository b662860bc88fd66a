namespace Annex.Upload.Quotas;

/// <summary>
/// Token buckets by key (a bare JID), in bounded memory. A bucket that is full again is forgotten; when the table is full even
/// so, newcomers are let through: the quotas still hold.
/// </summary>
public sealed class RateLimiter(double capacity, double perSecond, TimeProvider time, int maxKeys = 100_000)
{
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _nextCleaning;

    /// <summary>How many keys are remembered.</summary>
    public int Count
    {
        get { lock (_lock) return _buckets.Count; }
    }

    /// <summary>Takes cost from the key's bucket. A cost above the capacity passes when the bucket is full.</summary>
    /// <param name="wait">On refusal: how long until the same cost would pass.</param>
    public bool TryTake(string key, double cost, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (perSecond <= 0) return true; // no limit
        cost = Math.Min(cost, capacity);
        var now = time.GetTimestamp();
        lock (_lock)
        {
            if (!_buckets.TryGetValue(key, out var bucket))
            {
                if (_buckets.Count >= maxKeys) Clean(now);
                if (_buckets.Count >= maxKeys) return true;
                bucket = new Bucket(capacity, now);
            }
            var level = LevelAt(bucket, now);
            if (level + 1e-9 < cost)
            {
                _buckets[key] = new Bucket(level, now);
                wait = TimeSpan.FromSeconds((cost - level) / perSecond);
                return false;
            }
            _buckets[key] = new Bucket(level - cost, now);
            return true;
        }
    }

    private double LevelAt(Bucket bucket, long now) =>
        Math.Min(capacity, bucket.Level + time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond);

    private void Clean(long now)
    {
        if (now < _nextCleaning) return;
        // At most once a second, since it walks the whole table.
        _nextCleaning = now + time.TimestampFrequency;
        foreach (var (key, bucket) in _buckets)
        {
            if (LevelAt(bucket, now) >= capacity) _buckets.Remove(key);
        }
    }

    private readonly record struct Bucket(double Level, long At);
}
