using Annex.Push.Providers;

namespace Annex.Push.Delivery;

/// <summary>
/// Publishes that wait a moment for what the provider says, so that a dead token or a provider in trouble is told to
/// the server at once. The push itself is in the queue before anybody waits; without a word in time the publish is
/// simply taken. Thread-safe.
/// </summary>
public sealed class OutcomeWaits : IDisposable
{
    /// <summary>Waits end by one timer, at most so much later than they should: thousands that end together cost one
    /// thread one awakening.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Wait> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<Wait> _byAge = new();
    private readonly int _limit;
    private readonly TimeSpan _atMost;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    /// <param name="limit">How many may wait at once.</param>
    /// <param name="atMost">How long each.</param>
    /// <param name="time">The clock.</param>
    public OutcomeWaits(int limit, TimeSpan atMost, TimeProvider time)
    {
        (_limit, _atMost, _time) = (limit, atMost, time);
        _timer = time.CreateTimer(_ => EndOverdue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null where somebody else waits for the key, or too many wait.</summary>
    public Wait? TryBegin(string key)
    {
        lock (_gate)
        {
            if (_byKey.Count >= _limit) return null;
            var wait = new Wait(this, key, _time.GetTimestamp());
            if (!_byKey.TryAdd(key, wait)) return null;
            _byAge.AddLast(wait.Place);
            if (_byKey.Count == 1) _timer.Change(_atMost, Timeout.InfiniteTimeSpan);
            return wait;
        }
    }

    /// <summary>Whoever waits goes on within this call.</summary>
    public void Tell(string key, PushOutcome outcome)
    {
        Wait? wait;
        lock (_gate)
        {
            if (!_byKey.TryGetValue(key, out wait)) return;
            Remove(wait);
        }
        wait.Answer.TrySetResult(outcome);
    }

    public void Dispose() => _timer.Dispose();

    private void EndOverdue()
    {
        var overdue = new List<Wait>();
        lock (_gate)
        {
            while (_byAge.First is { Value: var oldest })
            {
                var left = _atMost - _time.GetElapsedTime(oldest.Since);
                if (left > TimeSpan.Zero)
                {
                    _timer.Change(left > Grain ? left : Grain, Timeout.InfiniteTimeSpan);
                    break;
                }
                Remove(oldest);
                overdue.Add(oldest);
            }
        }
        foreach (var wait in overdue) wait.Answer.TrySetResult(null);
    }

    private void End(Wait wait)
    {
        lock (_gate)
        {
            if (wait.Place.List is not null) Remove(wait);
        }
        wait.Answer.TrySetResult(null);
    }

    private void Remove(Wait wait)
    {
        _byKey.Remove(wait.Key);
        _byAge.Remove(wait.Place);
    }

    /// <summary>One publish's wait for the word on its key. Disposing it ends it.</summary>
    public sealed class Wait : IDisposable
    {
        private readonly OutcomeWaits _waits;

        internal Wait(OutcomeWaits waits, string key, long since)
        {
            (_waits, Key, Since) = (waits, key, since);
            Place = new LinkedListNode<Wait>(this);
        }

        /// <summary>Null where there was no word in time, or the wait was ended.</summary>
        public Task<PushOutcome?> Outcome => Answer.Task;

        internal string Key { get; }

        internal long Since { get; }

        internal LinkedListNode<Wait> Place { get; }

        internal TaskCompletionSource<PushOutcome?> Answer { get; } = new();

        public void Dispose() => _waits.End(this);
    }
}
