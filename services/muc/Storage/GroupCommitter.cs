using Annex.Hosting.Storage;
using Annex.Muc.Rooms;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>
/// Makes the rooms' changes durable: one transaction at a time, in it all that came in while the one before was under way. Under
/// load thousands of messages share an fsync; a single one waits for nothing but its own.
/// <para>While the database is away the batch is tried again. What was awaited is given up after its deadline, and then it never
/// will be stored; what is written behind is kept. A commit whose answer was lost is looked up by its marker before anything else
/// is written, and can come about no more from then on.</para>
/// </summary>
internal sealed class GroupCommitter(NpgsqlDataSource database, Lease lease, BatchWriter writer, ArchiveNumbers numbers,
    MucOptions options, TimeProvider time, StoreLog log) : IDisposable
{
    private const int MaxBatch = 4096;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks at what waits too long, and whether the last deliveries are written down.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>An attempt gets at least so long, however late it is: the database may be back and have much to do.</summary>
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(2);

    private readonly CommitConnection _connection = new(database, writer, time);
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly LinkedList<PendingChanges> _pending = new();
    private bool _isAway;
    private bool _isSignalled;
    private bool _isClosed;
    private int _inFlight;

    public bool IsIdle
    {
        get
        {
            lock (_gate) return _pending.Count == 0 && _inFlight == 0;
        }
    }

    /// <summary>The last attempt found no database.</summary>
    public bool IsAway => Volatile.Read(ref _isAway);

    /// <summary>Changes that wait, for metrics.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _pending.Count;
        }
    }

    public void Add(PendingChanges changes)
    {
        if (TryAdd(changes, out var isFirst))
        {
            if (isFirst) _ready.Release();
        }
        else if (changes.Outcome is { } outcome)
        {
            // Whoever adds is in the middle of a room's turn.
            ThreadPool.UnsafeQueueUserWorkItem(static refuse => refuse(false), outcome, preferLocal: false);
        }
    }

    private bool TryAdd(PendingChanges changes, out bool isFirst)
    {
        isFirst = false;
        lock (_gate)
        {
            if (_isClosed) return false;
            if (changes.Outcome is null && _pending.Count >= options.MaxPendingChanges)
            {
                // The database has been away for long: what is written behind may be lost, as after a crash.
                log.BehindDropped();
                return true;
            }
            _pending.AddLast(changes);
            isFirst = !_isSignalled;
            _isSignalled = true;
            return true;
        }
    }

    /// <summary>What comes from now on is refused: the process ends before it could be told to anybody.</summary>
    private void Close()
    {
        lock (_gate) _isClosed = true;
    }

    /// <summary>Completes when all that was added before is durable.</summary>
    /// <exception cref="IOException">It was given up.</exception>
    public async Task FlushAsync(Annex.Xmpp.Addressing.Jid room, CancellationToken cancellationToken)
    {
        if (IsIdle) return;
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(new PendingChanges(room, [], isDurable => done.TrySetResult(isDurable), DeadlineFromNow()));
        if (!await done.Task.WaitAsync(cancellationToken)) throw new IOException("The database is away.");
    }

    public long DeadlineFromNow() => time.GetTimestamp() + (long)(options.StoreTimeout.TotalSeconds * time.TimestampFrequency);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await lease.WaitUntilHeldAsync(cancellationToken);
        await using var look = time.CreateTimer(_ => LookAround(), null, Look, Look);
        // Else whoever goes on talking keeps us from telling that all before was delivered, and the next process repeats it.
        await using var close = cancellationToken.Register(Close);
        while (!cancellationToken.IsCancellationRequested || !IsIdle)
        {
            try
            {
                await _ready.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Stopping: what is there is still written.
                if (IsIdle) break;
            }
            await CommitAsync(new CommitAttempt(TakeBatch()), cancellationToken);
            lock (_gate) _inFlight = 0;
        }
        await TellAllDeliveredAsync(cancellationToken);
        await _connection.CloseAsync();
    }

    /// <summary>After an ordinary end nothing is told again at the next start.</summary>
    private async Task TellAllDeliveredAsync(CancellationToken cancellationToken)
    {
        // The last messages count as delivered only after a moment.
        for (var i = 0; i < 20 && writer.HasToldUndelivered && !writer.MustTellDelivered; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, CancellationToken.None);
        if (lease.IsHeld && writer.MustTellDelivered) await CommitAsync(new CommitAttempt([PendingChanges.Nothing]), cancellationToken);
    }

    public void Dispose()
    {
        _ready.Dispose();
        _connection.Dispose();
    }

    private List<PendingChanges> TakeBatch()
    {
        lock (_gate)
        {
            List<PendingChanges> batch;
            if (_pending.Count <= MaxBatch)
            {
                batch = [.. _pending];
                _pending.Clear();
                _isSignalled = false;
            }
            else
            {
                batch = new List<PendingChanges>(MaxBatch);
                for (; batch.Count < MaxBatch; _pending.RemoveFirst()) batch.Add(_pending.First!.Value);
                _ready.Release();
            }
            _inFlight = batch.Count;
            return batch;
        }
    }

    /// <summary>What came in while a batch is tried again and again is refused in time as well; and once all is delivered, that is
    /// written down.</summary>
    private void LookAround()
    {
        var late = new List<PendingChanges>();
        lock (_gate)
        {
            if (_inFlight > 0 && _pending.Count > 0)
            {
                var now = time.GetTimestamp();
                for (var node = _pending.First; node is not null;)
                {
                    var next = node.Next;
                    if (node.Value.Outcome is not null && node.Value.Deadline <= now)
                    {
                        late.Add(node.Value);
                        _pending.Remove(node);
                    }
                    node = next;
                }
            }
        }
        foreach (var pending in late) pending.Outcome!(false);
        if (IsIdle && lease.IsHeld && writer.MustTellDelivered) Add(PendingChanges.Nothing);
    }

    private async Task CommitAsync(CommitAttempt attempt, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!attempt.IsOver)
        {
            try
            {
                await _connection.CommitAsync(attempt, PatienceFor(attempt.Batch));
                Finish(attempt.Batch);
                return;
            }
            catch (LeaseLostException)
            {
                // Another process owns the rooms: nothing of this may be told to anybody. The process is on its way out.
                GiveUp(attempt.Batch, _ => true);
                return;
            }
            catch (Exception e) when (CommitConnection.MeansAway(e))
            {
                if (!_isAway) log.Away(e);
                Volatile.Write(ref _isAway, true);
            }
            catch (Exception e)
            {
                log.Failed(e);
                numbers.Clear();
                await CommitSinglyAsync(attempt.Batch, cancellationToken);
                return;
            }
            numbers.Clear();
            GiveUpLate(attempt);
            if (cancellationToken.IsCancellationRequested && !attempt.Batch.Exists(p => p.Outcome is not null)) return;
            await Task.Delay(pause, time, CancellationToken.None);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>A database that neither answers nor breaks the connection must not keep senders waiting.</summary>
    private TimeSpan PatienceFor(List<PendingChanges> batch)
    {
        var left = options.StoreTimeout;
        if (batch.Find(p => p.Outcome is not null) is { } first)
            left = time.GetElapsedTime(time.GetTimestamp(), first.Deadline);
        return left > LeastPatience ? left : LeastPatience;
    }

    /// <summary>While nobody knows whether a batch was stored, nobody is told that it was not, unless it can be taken back: messages
    /// can, all of the batch together, since they are the last of their archives and no gap is left; settings are stored anew by
    /// their room when it is refused. A room's end cannot be undone.</summary>
    private void GiveUpLate(CommitAttempt attempt)
    {
        var now = time.GetTimestamp();
        if (attempt.Doubtful is null)
        {
            GiveUp(attempt.Batch, p => p.Deadline <= now);
            return;
        }
        if (!attempt.Batch.Exists(p => p.Outcome is not null && p.Deadline <= now)) return;
        foreach (var pending in attempt.Batch)
        {
            if (pending.Outcome is not null)
                attempt.Revoked.AddRange(pending.Changes.OfType<ArchiveAppend>().Select(m => (pending.Room, m.Id)));
        }
        GiveUp(attempt.Batch, p => !p.Changes.Any(c => c is RoomRemoved));
    }

    private void Finish(List<PendingChanges> batch)
    {
        if (_isAway) log.Back();
        _isAway = false;
        foreach (var pending in batch) pending.Outcome?.Invoke(true);
        batch.Clear();
    }

    private static void GiveUp(List<PendingChanges> batch, Predicate<PendingChanges> which)
    {
        var given = batch.FindAll(p => p.Outcome is not null && which(p));
        if (given.Count == 0) return;
        batch.RemoveAll(p => p.Outcome is not null && which(p));
        foreach (var pending in given) pending.Outcome!(false);
    }

    /// <summary>Something in the batch cannot be written at all: our fault. The others are not to suffer for it.</summary>
    private async Task CommitSinglyAsync(List<PendingChanges> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 1)
        {
            batch[0].Outcome?.Invoke(false);
            return;
        }
        foreach (var pending in batch) await CommitAsync(new CommitAttempt([pending]), cancellationToken);
    }
}
