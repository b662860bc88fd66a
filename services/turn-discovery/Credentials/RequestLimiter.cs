using System.Runtime.InteropServices;

namespace Annex.TurnDiscovery.Credentials;

/// <summary>A token bucket per user, for a bounded number of users. Forgetting one fills its bucket, so the ones that go are those
/// whose buckets are full, or else the quietest.</summary>
public sealed class RequestLimiter(LimitOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private readonly double _perTick = options.RequestsPerMinute / (60.0 * TimeSpan.TicksPerSecond);

    public int Count
    {
        get { lock (_gate) return _buckets.Count; }
    }

    /// <summary>Takes one request off the user's account; false when it is empty.</summary>
    public bool TryTake(string user)
    {
        var now = time.GetUtcNow().Ticks;
        lock (_gate)
        {
            if (_buckets.Count >= options.MaxUsers && !_buckets.ContainsKey(user))
                Forget(now);
            ref var bucket = ref CollectionsMarshal.GetValueRefOrAddDefault(_buckets, user, out var isKnown);
            var left = isKnown ? Refilled(bucket, now) : options.Burst;
            bucket = new Bucket(left < 1 ? left : left - 1, now);
            return left >= 1;
        }
    }

    /// <summary>The user's account is gone.</summary>
    public void Forget(string user)
    {
        lock (_gate)
            _buckets.Remove(user);
    }

    private double Refilled(Bucket bucket, long now) =>
        Math.Min(options.Burst, bucket.Left + (now - bucket.At) * _perTick);

    private void Forget(long now)
    {
        var quiet = _buckets.Where(b => Refilled(b.Value, now) >= options.Burst).Select(b => b.Key).ToList();
        if (quiet.Count == 0)
        {
            // Everybody is busy: a tenth goes, so that the next newcomers do not search again.
            quiet = _buckets.OrderBy(b => b.Value.At).Take(_buckets.Count / 10 + 1).Select(b => b.Key).ToList();
        }
        foreach (var user in quiet)
            _buckets.Remove(user);
    }

    private readonly record struct Bucket(double Left, long At);
}
