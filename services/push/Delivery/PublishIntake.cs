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
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;

    public PublishIntake(IPushQueue queue, DeliveryWorker worker, OutcomeWaits waits, DeliveryOptions options,
        TimeProvider time)
    {
        _queue = queue;
        _worker = worker;
        _waits = waits;
        _options = options;
        _time = time;
        _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(options.MaxIntake) { SingleReader = true });
    }

    /// <summary>Stores the push, then waits a moment for what comes of it.</summary>
    /// <returns>Null: taken, nothing known yet. Otherwise what the provider said.</returns>
    /// <exception cref="IntakeFullException">Too many are waiting to be written; the push was not taken.</exception>
    public async Task<PushOutcome?> PublishAsync(QueuedPush push, CancellationToken cancellationToken)
    {
        var pending = new Pending(push,
            new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        // The wait begins before the push can be claimed, or a fast provider's word would be missed.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var outcome = _waits.WaitAsync(push.Key, _options.AnswerWithin, _time, stop.Token);
        try
        {
            if (!_pending.Writer.TryWrite(pending)) throw new IntakeFullException();
            var isCoalesced = await pending.Written.Task.WaitAsync(cancellationToken);
            if (isCoalesced) return null;
            _worker.Wake();
            var word = await outcome;
            if (word is null) cancellationToken.ThrowIfCancellationRequested();
            return word;
        }
        finally
        {
            if (!outcome.IsCompleted) await stop.CancelAsync();
        }
    }

    /// <summary>Stores it and asks no further.</summary>
    public async Task EnqueueAsync(QueuedPush push, CancellationToken cancellationToken)
    {
        var pending = new Pending(push,
            new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_pending.Writer.TryWrite(pending)) throw new IntakeFullException();
        await pending.Written.Task.WaitAsync(cancellationToken);
        _worker.Wake();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Pending>(MaxBatch);
        while (await _pending.Reader.WaitToReadAsync(cancellationToken))
        {
            while (batch.Count < MaxBatch && _pending.Reader.TryRead(out var next)) batch.Add(next);
            try
            {
                var coalesced = await _queue.AddAsync([.. batch.Select(p => p.Push)], cancellationToken);
                for (var i = 0; i < batch.Count; i++) batch[i].Written.TrySetResult(coalesced[i]);
            }
            catch (Exception e)
            {
                // Each asker answers its own server: the database is away, nothing of this batch was taken.
                foreach (var pending in batch) pending.Written.TrySetException(e);
            }
            batch.Clear();
        }
    }

    private readonly record struct Pending(QueuedPush Push, TaskCompletionSource<bool> Written);
}
