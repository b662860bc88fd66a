using System.Collections.Concurrent;
using Annex.Push.Delivery;
using Annex.Push.Providers;

namespace Annex.Push;

/// <summary>Metrics, the audit line, and the provider's last word for "my devices", which is written in
/// batches.</summary>
public sealed class DeliveryObserver(PushMetrics metrics, TimeProvider time, ILogger<DeliveryObserver> logger)
    : IDeliveryObserver
{
    /// <summary>Last words that wait to be written; beyond it the newest are dropped, being for people's eyes
    /// only.</summary>
    private const int MaxWaiting = 50_000;

    private readonly Lock _gate = new();
    private Dictionary<long, LastWord> _words = [];
    private readonly ConcurrentDictionary<string, Tally> _tallies = new(StringComparer.Ordinal);

    public void Attempted(QueuedPush push, PushOutcome outcome)
    {
        metrics.Attempted(push.Provider, outcome.Verdict);
        Log.Attempted(logger, outcome.Verdict, push.Provider, outcome.Reason, push.RegistrationId, push.Attempts + 1);
        _tallies.GetOrAdd(push.Provider, _ => new Tally()).Count(outcome.Verdict);
        if (push.RegistrationId is { } id) Keep(id, outcome);
    }

    public void Failed(Exception exception)
    {
        metrics.Failed();
        Log.SendFailed(logger, exception);
    }

    /// <summary>Delivered and failed attempts of this process by provider.</summary>
    public (long Delivered, long Failed) TallyOf(string provider) =>
        _tallies.TryGetValue(provider, out var tally) ? tally.Read() : default;

    /// <summary>Takes what waits to be written.</summary>
    public IReadOnlyList<LastWord> TakeWords()
    {
        lock (_gate)
        {
            var taken = _words;
            _words = [];
            return [.. taken.Values];
        }
    }

    private void Keep(long id, PushOutcome outcome)
    {
        var isDelivered = outcome.Verdict == PushVerdict.Delivered;
        var word = new LastWord(id, outcome.Reason, isDelivered ? time.GetUtcNow() : null, isDelivered ? 0 : 1);
        lock (_gate)
        {
            if (_words.Count >= MaxWaiting) return;
            _words[id] = isDelivered || !_words.TryGetValue(id, out var before) ? word : word with
            {
                DeliveredAt = before.DeliveredAt,
                Failures = before.Failures + 1,
            };
        }
    }

    /// <summary>What a provider said last about a registration.</summary>
    /// <param name="DeliveredAt">Null where nothing was delivered since the last writing.</param>
    /// <param name="Failures">Since the last delivery or writing.</param>
    public sealed record LastWord(long RegistrationId, string Outcome, DateTimeOffset? DeliveredAt, int Failures);

    private sealed class Tally
    {
        private long _delivered;
        private long _failed;

        public void Count(PushVerdict verdict) =>
            Interlocked.Increment(ref verdict == PushVerdict.Delivered ? ref _delivered : ref _failed);

        public (long, long) Read() => (Interlocked.Read(ref _delivered), Interlocked.Read(ref _failed));
    }
}
