using System.Threading.Channels;
using Annex.Push.Providers;

namespace Annex.Push.Delivery;

/// <summary>
/// Takes pushes into the queue: many at once share one commit, each is answered after it. The writer runs one batch at
/// a time and takes all that came in meanwhile into the next, so that the load itself sets the size of the batches.
/// </summary>
public sealed class PublishIntake
{
    private const int MaxBatch = 512;

    private readonly Channel<Pending> _pending;
    private readonly IPushQueue _queue;
    private readonly DeliveryWorker _worker;
    private readonly OutcomeWaits _waits;

    public PublishIntake(IPushQueue queue, DeliveryWorker worker, OutcomeWaits waits, DeliveryOptions options)
    {
        _queue = queue;
        _worker = worker;
        _waits = waits;
        _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(options.MaxIntake) { SingleReader = true });
    }

    /// <summary>Stores the push, then waits a moment for what comes of it.</summary>
    /// <returns>Null: taken, nothing known yet. Otherwise what the provider said.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before it was known to be stored; it may be all the
    /// same.</exception>
    /// <exception cref="IntakeFullException">Too many are waiting to be written; the push was not taken.</exception>
    public async Task<PushOutcome?> PublishAsync(QueuedPush push, CancellationToken cancellationToken)
    {
        // The wait begins before the push can be claimed, or a fast provider's word would be missed.
        using var wait = _waits.TryBegin(push.Key);
        var pending = new Pending(push, wait);
        var cancellation = cancellationToken.UnsafeRegister(
            static (state, token) => ((Pending)state!).Cancel(token), pending);
        try
        {
            if (!_pending.Writer.TryWrite(pending)) throw new IntakeFullException();
            var isCoalesced = await pending.Written;
            return isCoalesced || wait is null ? null : await wait.Outcome;
        }
        finally
        {
            cancellation.Unregister();
        }
    }

    /// <summary>Stores it and asks no further.</summary>
    public async Task EnqueueAsync(QueuedPush push, CancellationToken cancellationToken)
    {
        var pending = new Pending(push, null);
        if (!_pending.Writer.TryWrite(pending)) throw new IntakeFullException();
        await pending.Written.WaitAsync(cancellationToken);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var telling = Task.CompletedTask;
        while (await _pending.Reader.WaitToReadAsync(cancellationToken))
        {
            var batch = new List<Pending>();
            while (batch.Count < MaxBatch && _pending.Reader.TryRead(out var next)) batch.Add(next);
            var (coalesced, failure) = await AddAsync(batch, cancellationToken);
            WakeLanes(batch, coalesced);
            await telling;
            // While the next batch is written, and all of them on one thread: to wake one for each would cost more than
            // its answer does.
            telling = Task.Run(() => Tell(batch, coalesced, failure), CancellationToken.None);
        }
    }

    /// <summary>For each whether it was coalesced, or why none of the batch was taken.</summary>
    private async Task<(bool[] Coalesced, Exception? Failure)> AddAsync(List<Pending> batch,
        CancellationToken cancellationToken)
    {
        try
        {
            return (await _queue.AddAsync([.. batch.Select(p => p.Push)], cancellationToken), null);
        }
        catch (Exception e)
        {
            return ([], e);
        }
    }

    // What was coalesced is due later, and found then.
    private void WakeLanes(List<Pending> batch, bool[] coalesced)
    {
        for (var i = 0; i < coalesced.Length; i++)
        {
            if (!coalesced[i]) _worker.Wake(batch[i].Push.Provider);
        }
    }

    private static void Tell(List<Pending> batch, bool[] coalesced, Exception? failure)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            // Each asker answers its own server: the database is away, nothing of this batch was taken.
            if (failure is not null) batch[i].Fail(failure);
            else batch[i].Finish(coalesced[i]);
        }
    }

    /// <summary>What waits to be written. Whoever awaits it goes on within the call that ends it.</summary>
    private sealed class Pending(QueuedPush push, OutcomeWaits.Wait? wait)
    {
        private readonly TaskCompletionSource<bool> _written = new();

        public QueuedPush Push => push;

        /// <summary>Whether it was coalesced.</summary>
        public Task<bool> Written => _written.Task;

        public void Finish(bool isCoalesced) => _written.TrySetResult(isCoalesced);

        public void Fail(Exception failure) => _written.TrySetException(failure);

        public void Cancel(CancellationToken cancellationToken)
        {
            _written.TrySetCanceled(cancellationToken);
            wait?.Dispose();
        }
    }
}
