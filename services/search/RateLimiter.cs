namespace Annex.Search;

/// <summary>A token bucket per key: so many at once, filled again over the window. Holds at most
/// <see cref="MaxKeys"/> keys; beyond that all full ones go, and if none is, strangers share one.</summary>
public sealed class RateLimiter(TimeProvider time, int capacity, TimeSpan window)
{
    /// <summary>Some 10 MB.</summary>
    public const int MaxKeys = 50_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (_gate)
                return _buckets.Count;
        }
    }

    /// <param name="retryAfter">When there will be a token again.</param>
    public bool TryTake(string key, out TimeSpan retryAfter)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (_buckets.Count >= MaxKeys && !_buckets.ContainsKey(key))
            {
                RemoveFull(now);
                if (_buckets.Count >= MaxKeys)
                    key = "";
            }
            var tokens = _buckets.TryGetValue(key, out var bucket) ? Fill(bucket, now) : capacity;
            if (tokens < 1)
            {
                retryAfter = (1 - tokens) * window / capacity;
                _buckets[key] = new Bucket(tokens, now);
                return false;
            }
            _buckets[key] = new Bucket(tokens - 1, now);
            retryAfter = TimeSpan.Zero;
            return true;
        }
    }

    public bool Knows(string key)
    {
        lock (_gate)
            return _buckets.ContainsKey(key);
    }

    public void Forget(string key)
    {
        lock (_gate)
            _buckets.Remove(key);
    }

    private double Fill(Bucket bucket, long now) =>
        Math.Min(capacity, bucket.Tokens + (time.GetElapsedTime(bucket.At, now) / window * capacity));

    private void RemoveFull(long now)
    {
        foreach (var (key, bucket) in _buckets)
        {
            // Removing while enumerating is allowed for Dictionary.
            if (Fill(bucket, now) >= capacity)
                _buckets.Remove(key);
        }
    }

    private readonly record struct Bucket(double Tokens, long At);
}
