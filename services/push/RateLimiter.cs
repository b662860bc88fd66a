using System.Collections.Concurrent;

namespace Annex.Push;

/// <summary>Token buckets by key: full at first, refilled evenly. Bounded: beyond it the full ones are
/// forgotten.</summary>
public sealed class RateLimiter
{
    private const int MaxKeys = 50_000;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private readonly int _perPeriod;
    private readonly TimeSpan _period;
    private readonly TimeProvider _time;

    public RateLimiter(int perPeriod, TimeSpan period, TimeProvider time) => (_perPeriod, _period, _time) =
        (perPeriod, period, time);

    /// <summary>Takes one; false where none is left. A limit of 0 is none.</summary>
    public bool TryTake(string key)
    {
        if (_perPeriod <= 0) return true;
        if (!_buckets.TryGetValue(key, out var bucket))
        {
            // Only here: to count them takes every lock of the table.
            if (_buckets.Count >= MaxKeys) Forget();
            bucket = _buckets.GetOrAdd(key, new Bucket(_perPeriod, _time.GetTimestamp()));
        }
        return bucket.TryTake(this);
    }

    private double PerSecond => _perPeriod / _period.TotalSeconds;

    private void Forget()
    {
        foreach (var (key, bucket) in _buckets)
        {
            if (bucket.IsFull(this)) _buckets.TryRemove(key, out _);
        }
        // All of them in use: starting afresh is the smaller harm.
        if (_buckets.Count >= MaxKeys) _buckets.Clear();
    }

    private sealed class Bucket(double level, long at)
    {
        private readonly Lock _lock = new();
        private double _level = level;
        private long _at = at;

        public bool TryTake(RateLimiter limiter)
        {
            lock (_lock)
            {
                Refill(limiter);
                if (_level < 1) return false;
                _level--;
                return true;
            }
        }

        public bool IsFull(RateLimiter limiter)
        {
            lock (_lock)
            {
                Refill(limiter);
                return _level >= limiter._perPeriod;
            }
        }

        private void Refill(RateLimiter limiter)
        {
            var now = limiter._time.GetTimestamp();
            _level = Math.Min(limiter._perPeriod,
                _level + (limiter._time.GetElapsedTime(_at, now).TotalSeconds * limiter.PerSecond));
            _at = now;
        }
    }
}
