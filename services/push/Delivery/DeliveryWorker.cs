using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Annex.Push.Providers;
using Annex.Push.Registrations;

namespace Annex.Push.Delivery;

/// <summary>
/// Sends what the lanes claim, and puts back what was not taken. Several workers in several processes compete for the
/// same queue; a push is sent at least once.
/// </summary>
public sealed class DeliveryWorker : IDisposable
{
    /// <summary>Every network that a push may name, whether it is configured here or not.</summary>
    private static readonly string[] Networks = ["webpush", "unifiedpush", "apns", "fcm"];

    private readonly IPushQueue _queue;
    private readonly IRegistrationSource _registrations;
    private readonly TimeProvider _time;
    private readonly OutcomeWaits _waits;
    private readonly IDeliveryObserver _observer;
    private readonly RetryPolicy _retry;
    private readonly Dictionary<string, IPushProvider> _providers;
    private readonly CircuitTable _circuits;
    private readonly Dictionary<string, DeliveryLane> _lanes;

    public DeliveryWorker(IPushQueue queue, IRegistrationSource registrations, IEnumerable<IPushProvider> providers,
        DeliveryOptions options, TimeProvider time, OutcomeWaits waits, IDeliveryObserver observer)
    {
        _queue = queue;
        _registrations = registrations;
        _time = time;
        _waits = waits;
        _observer = observer;
        _retry = new RetryPolicy(options.FirstRetry, options.LongestRetry);
        _providers = providers.ToDictionary(p => p.Name, StringComparer.Ordinal);
        _circuits = new CircuitTable(time, options);
        _lanes = Networks.ToDictionary(name => name,
            name => new DeliveryLane(name, queue, options, time, SendAsync, observer.Failed), StringComparer.Ordinal);
    }

    /// <summary>The providers with what is wrong with each, null where nothing is.</summary>
    public IEnumerable<(string Name, string? Problem)> Providers =>
        _providers.Keys.Select(name => (name, _circuits.ProblemOf(name)));

    /// <summary>One for each network: each has to be run.</summary>
    public IReadOnlyCollection<DeliveryLane> Lanes => _lanes.Values;

    /// <summary>Sends that are on their way.</summary>
    public int InFlight => _lanes.Values.Sum(lane => lane.InFlight);

    public bool HasProvider(string name) => _providers.ContainsKey(name);

    /// <summary>Something is due for this network: look now.</summary>
    public void Wake(string provider)
    {
        if (_lanes.TryGetValue(provider, out var lane)) lane.Wake();
    }

    /// <summary>Something is due for some of them.</summary>
    public void WakeAll()
    {
        foreach (var lane in _lanes.Values) lane.Wake();
    }

    /// <summary>Waits for the sends that are on their way, for a clean stop.</summary>
    public Task DrainAsync() => Task.WhenAll(_lanes.Values.Select(lane => lane.DrainAsync()));

    public void Dispose()
    {
        foreach (var lane in _lanes.Values) lane.Dispose();
    }

    private async Task SendAsync(QueuedPush push, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (push.ExpiresAt <= now)
        {
            await FinishAsync(push, PushOutcome.Rejected("expired"), default, cancellationToken);
            return;
        }
        var delivery = await DeliveryOfAsync(push, cancellationToken);
        if (delivery is null)
        {
            await FinishAsync(push, PushOutcome.Gone("no such registration"), default, cancellationToken);
            return;
        }
        if (delivery.Target.Length == 0)
        {
            // The key that closed it is not in Push:EncryptionKeyFile: the operator may put it back.
            await PostponeAsync(push, PushOutcome.OurFault("the stored token cannot be read"), isAttempt: true,
                cancellationToken);
            return;
        }
        if (!_providers.TryGetValue(push.Provider, out var provider))
        {
            await PostponeAsync(push, PushOutcome.OurFault("the provider is not configured"), isAttempt: true,
                cancellationToken);
            return;
        }
        var circuit = _circuits.Of(push.Provider, provider.ScopeOf(delivery));
        if (!circuit.TryEnter())
        {
            await _queue.PostponeAsync(push, Later(circuit.NextTry, now), isAttempt: false, cancellationToken);
            _waits.Tell(push.Key, PushOutcome.Retry(circuit.Problem ?? "paused"));
            return;
        }
        var outcome = await SendOnceAsync(provider, delivery, circuit, cancellationToken);
        if (outcome.Verdict == PushVerdict.Retry)
            // While a circuit is open nothing is sent: only what it does not stop has to wait longer each time.
            await PostponeAsync(push, outcome, !outcome.IsOurFault || outcome.IsForTargetOnly, cancellationToken);
        else
            await FinishAsync(push, outcome, delivery.RegisteredAt, cancellationToken);
    }

    private async ValueTask<PushOutcome> SendOnceAsync(IPushProvider provider, PushDelivery delivery,
        CircuitBreaker circuit,
        CancellationToken cancellationToken)
    {
        var outcome = PushOutcome.Retry("not sent");
        try
        {
            return outcome = await provider.SendAsync(delivery, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A defect of ours with this one push: it waits like any other that was not taken, and is counted.
            _observer.Failed(e);
            return outcome = PushOutcome.Retry("exception") with { IsForTargetOnly = true };
        }
        finally
        {
            // Whatever happened: a circuit that tries has to hear of it, or nobody would ever try again.
            circuit.Report(outcome);
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private async Task<PushDelivery?> DeliveryOfAsync(QueuedPush push, CancellationToken cancellationToken)
    {
        var ttl = push.ExpiresAt - _time.GetUtcNow();
        if (push.RegistrationId is { } id)
        {
            var registration = await _registrations.FindAsync(id, cancellationToken);
            if (registration is null or { IsGone: true }) return null;
            return registration.ToDelivery(push.Payload, push.Urgency, ttl, Topic(push.Key)) with
            {
                IsCall = push.IsCall,
                // The key of an account's push is the node alone.
                IsOneOfMany = push.Key.Length > registration.Node.Length,
            };
        }
        var target = _registrations.Open(push.ClosedTarget!);
        return new PushDelivery(target.Address, push.Payload, push.Urgency, ttl)
        {
            App = push.App,
            ReceiverKey = target.ReceiverKey,
            AuthSecret = target.AuthSecret,
            Authorization = target.Authorization,
            // A body that somebody else encrypted is a message of its own: nothing may take its place.
            Topic = target.Authorization is null ? Topic(push.Key) : null,
            RegisteredAt = _time.GetUtcNow(),
            IsCall = push.IsCall,
        };
    }

    /// <summary>The network's own coalescing goes by the same key as ours; hashed, since a key may name a
    /// room.</summary>
    private static string Topic(string key) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 18));

    private async Task PostponeAsync(QueuedPush push, PushOutcome outcome, bool isAttempt,
        CancellationToken cancellationToken)
    {
        var pause = _retry.PauseAfter(push.Attempts + 1, outcome, Random.Shared.NextDouble());
        await _queue.PostponeAsync(push, _time.GetUtcNow() + pause, isAttempt, cancellationToken);
        _observer.Attempted(push, outcome);
        _waits.Tell(push.Key, outcome);
    }

    private async Task FinishAsync(QueuedPush push, PushOutcome outcome, DateTimeOffset registeredAt,
        CancellationToken cancellationToken)
    {
        if (outcome.Verdict == PushVerdict.Gone && push.RegistrationId is { } id)
        {
            // The device got a new token while this went to the old one.
            if (!await _registrations.MarkGoneAsync(id, registeredAt, outcome.Reason, cancellationToken))
            {
                await _queue.PostponeAsync(push, _time.GetUtcNow(), isAttempt: true, cancellationToken);
                return;
            }
            // At once and for good: neither this push nor a later one goes to a dead token.
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
