using System.Collections.Concurrent;
using Annex.Push.Providers;
using Annex.Push.Registrations;

namespace Annex.Push.Delivery;

/// <summary>
/// Works the queue off: claims what is due, sends it, puts back what was not taken. Several workers in several processes compete
/// for the same queue; a push is sent at least once.
/// </summary>
public sealed class DeliveryWorker : IDisposable
{
    private const int ClaimAtOnce = 200;

    /// <summary>How often the queue is asked although nobody said that something came in: pushes that another process took.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly IPushQueue _queue;
    private readonly IRegistrationSource _registrations;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly OutcomeWaits _waits;
    private readonly IDeliveryObserver _observer;
    private readonly RetryPolicy _retry;
    private readonly Dictionary<string, (IPushProvider Provider, CircuitBreaker Circuit)> _providers;
    private readonly SemaphoreSlim _work = new(0);
    private readonly SemaphoreSlim _slots;
    private readonly ConcurrentDictionary<long, Task> _sending = new();
    private long _sends;

    public DeliveryWorker(IPushQueue queue, IRegistrationSource registrations, IEnumerable<IPushProvider> providers,
        DeliveryOptions options, TimeProvider time, OutcomeWaits waits, IDeliveryObserver observer)
    {
        _queue = queue;
        _registrations = registrations;
        _options = options;
        _time = time;
        _waits = waits;
        _observer = observer;
        _retry = new RetryPolicy(options.FirstRetry, options.LongestRetry);
        _slots = new SemaphoreSlim(options.MaxInFlight);
        _providers = providers.ToDictionary(p => p.Name,
            p => (p, new CircuitBreaker(time, options.FailuresToPause, options.FirstRetry, options.LongestRetry)), StringComparer.Ordinal);
    }

    /// <summary>The providers with what is wrong with each, null where nothing is.</summary>
    public IEnumerable<(string Name, string? Problem)> Providers => _providers.Select(p => (p.Key, p.Value.Circuit.Problem));

    public bool HasProvider(string name) => _providers.ContainsKey(name);

    /// <summary>Something is due: look now.</summary>
    public void Wake()
    {
        if (_work.CurrentCount == 0) _work.Release();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await ClaimAndSendAsync(cancellationToken)) continue;
            var due = await _queue.NextDueAsync(Paused(), cancellationToken);
            var pause = due is { } at ? at - _time.GetUtcNow() : Poll;
            pause = pause < TimeSpan.FromMilliseconds(10) ? TimeSpan.FromMilliseconds(10) : pause > Poll ? Poll : pause;
            await Task.WhenAny(_work.WaitAsync(cancellationToken), Task.Delay(pause, _time, cancellationToken));
        }
    }

    /// <summary>Waits for the sends that are on their way, for a clean stop.</summary>
    public Task DrainAsync() => Task.WhenAll(_sending.Values);

    public void Dispose()
    {
        _work.Dispose();
        _slots.Dispose();
    }

    private string[] Paused() => [.. _providers.Where(p => p.Value.Circuit.IsOpen).Select(p => p.Key)];

    /// <summary>True where something was claimed, so that there may be more.</summary>
    private async Task<bool> ClaimAndSendAsync(CancellationToken cancellationToken)
    {
        var free = 1;
        await _slots.WaitAsync(cancellationToken);
        while (free < ClaimAtOnce && _slots.Wait(0, CancellationToken.None)) free++;
        IReadOnlyList<QueuedPush> claimed = [];
        try
        {
            claimed = await _queue.ClaimAsync(free, _options.Lease, Paused(), cancellationToken);
        }
        finally
        {
            _slots.Release(free - claimed.Count);
        }
        foreach (var push in claimed)
        {
            var number = _sends++;
            _sending[number] = SendAndForgetAsync(number, push, cancellationToken);
            if (_sending[number].IsCompleted) _sending.TryRemove(number, out _);
        }
        return claimed.Count > 0;
    }

    private async Task SendAndForgetAsync(long number, QueuedPush push, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await SendAsync(push, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The claim ends with its lease; another process or the next start sends it.
        }
        catch (Exception e)
        {
            _observer.Failed(e);
        }
        finally
        {
            _slots.Release();
            _sending.TryRemove(number, out _);
        }
    }

    private async Task SendAsync(QueuedPush push, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (push.ExpiresAt <= now)
        {
            await FinishAsync(push, PushOutcome.Rejected("expired"), cancellationToken);
            return;
        }
        var delivery = await DeliveryOfAsync(push, cancellationToken);
        if (delivery is null)
        {
            await FinishAsync(push, PushOutcome.Gone("no such registration"), cancellationToken);
            return;
        }
        if (!_providers.TryGetValue(push.Provider, out var entry))
        {
            await PostponeAsync(push, PushOutcome.OurFault("the provider is not configured"), isAttempt: true, cancellationToken);
            return;
        }
        if (!entry.Circuit.TryEnter())
        {
            await _queue.PostponeAsync(push, Later(entry.Circuit.NextTry, now), isAttempt: false, cancellationToken);
            _waits.Tell(push.Key, PushOutcome.Retry(entry.Circuit.Problem ?? "paused"));
            return;
        }
        var outcome = await entry.Provider.SendAsync(delivery, cancellationToken);
        entry.Circuit.Report(outcome);
        if (outcome.Verdict == PushVerdict.Retry) await PostponeAsync(push, outcome, !outcome.IsOurFault, cancellationToken);
        else await FinishAsync(push, outcome, cancellationToken);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private async Task<PushDelivery?> DeliveryOfAsync(QueuedPush push, CancellationToken cancellationToken)
    {
        var ttl = push.ExpiresAt - _time.GetUtcNow();
        if (push.RegistrationId is { } id)
        {
            var registration = await _registrations.FindAsync(id, cancellationToken);
            if (registration is null or { IsGone: true }) return null;
            return registration.ToDelivery(push.Payload, push.Urgency, ttl, Topic(push.Key)) with { IsCall = push.IsCall };
        }
        var target = _registrations.Open(push.ClosedTarget!);
        return new PushDelivery(target.Address, push.Payload, push.Urgency, ttl)
        {
            App = push.App,
            ReceiverKey = target.ReceiverKey,
            AuthSecret = target.AuthSecret,
            Topic = Topic(push.Key),
            RegisteredAt = _time.GetUtcNow(),
            IsCall = push.IsCall,
        };
    }

    /// <summary>The network's own coalescing goes by the same key as ours; hashed, since a key may name a room.</summary>
    private static string Topic(string key) =>
        System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)).AsSpan(0, 18));

    private async Task PostponeAsync(QueuedPush push, PushOutcome outcome, bool isAttempt, CancellationToken cancellationToken)
    {
        var pause = _retry.PauseAfter(push.Attempts + 1, outcome, Random.Shared.NextDouble());
        await _queue.PostponeAsync(push, _time.GetUtcNow() + pause, isAttempt, cancellationToken);
        _observer.Attempted(push, outcome);
        _waits.Tell(push.Key, outcome);
    }

    private async Task FinishAsync(QueuedPush push, PushOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Verdict == PushVerdict.Gone && push.RegistrationId is { } id)
        {
            // At once and for good: neither this push nor a later one goes to a dead token.
            await _registrations.MarkGoneAsync(id, outcome.Reason, cancellationToken);
            await _queue.DropRegistrationAsync(id, cancellationToken);
        }
        else
        {
            await _queue.CompleteAsync([push], cancellationToken);
        }
        _observer.Attempted(push, outcome);
        _waits.Tell(push.Key, outcome);
    }
}
