using System.Collections.Concurrent;
using System.Diagnostics;

namespace Annex.Push.Delivery;

/// <summary>
/// Works the pushes of one network off: claims what is due and has it sent. Each network has its own room, so that one that
/// is slow or hangs holds up no other.
/// </summary>
public sealed class DeliveryLane : IDisposable
{
    private const int ClaimAtOnce = 200;

    /// <summary>How often the queue is asked although nobody said that something came in: pushes that another process
    /// took.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(10);

    private readonly IPushQueue _queue;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<QueuedPush, CancellationToken, Task> _send;
    private readonly Action<Exception> _failed;
    private readonly SemaphoreSlim _slots;
    private readonly ConcurrentDictionary<long, Task> _sending = new();
    private TaskCompletionSource _wake = NewWake();
    private long _sends;

    /// <param name="provider">The network.</param>
    /// <param name="queue">Where its pushes wait.</param>
    /// <param name="options">How many at once, and for how long they are claimed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="send">Sends one and ends its claim.</param>
    /// <param name="failed">Hears of what <paramref name="send"/> throws.</param>
    public DeliveryLane(string provider, IPushQueue queue, DeliveryOptions options, TimeProvider time,
        Func<QueuedPush, CancellationToken, Task> send, Action<Exception> failed)
    {
        Provider = provider;
        _queue = queue;
        _options = options;
        _time = time;
        _send = send;
        _failed = failed;
        _slots = new SemaphoreSlim(options.MaxInFlight);
    }

    public string Provider { get; }

    /// <summary>Sends that are on their way.</summary>
    public int InFlight => _options.MaxInFlight - _slots.CurrentCount;

    /// <summary>Something is due: look now.</summary>
    public void Wake() => Volatile.Read(ref _wake).TrySetResult();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // Taken before the look: what comes in during it ends the wait at once.
            var wake = Volatile.Read(ref _wake);
            if (wake.Task.IsCompleted) Volatile.Write(ref _wake, wake = NewWake());
            if (await ClaimAndSendAsync(cancellationToken)) continue;
            var due = await _queue.NextDueAsync(Provider, cancellationToken);
            var pause = due is { } at ? at - _time.GetUtcNow() : Poll;
            pause = pause < Least ? Least : pause > Poll ? Poll : pause;
            await wake.Task.WaitAsync(pause, _time,
                cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits for the sends that are on their way, for a clean stop.</summary>
    public Task DrainAsync() => Task.WhenAll(_sending.Values);

    public void Dispose() => _slots.Dispose();

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True where something was claimed, so that there may be more.</summary>
    private async Task<bool> ClaimAndSendAsync(CancellationToken cancellationToken)
    {
        var free = 1;
        await _slots.WaitAsync(cancellationToken);
        while (free < ClaimAtOnce && _slots.Wait(0, CancellationToken.None)) free++;
        IReadOnlyList<QueuedPush> claimed = [];
        try
        {
            claimed = await _queue.ClaimAsync(Provider, free, _options.Lease, cancellationToken);
        }
        finally
        {
            if (free > claimed.Count) _slots.Release(free - claimed.Count);
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
        // Its parent is what asked for the push: a room's message, by the event that told of it, or a publish.
        using var activity = PushTracing.Source.StartActivity($"push {push.Provider}", ActivityKind.Producer, push.Trace);
        try
        {
            await _send(push, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The claim ends with its lease; another process or the next start sends it.
        }
        catch (Exception e)
        {
            _failed(e);
        }
        finally
        {
            _slots.Release();
            _sending.TryRemove(number, out _);
        }
    }
}
