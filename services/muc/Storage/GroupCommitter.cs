using Annex.Hosting.Storage;
using Annex.Muc.Rooms;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>
/// Makes the rooms' changes durable: one transaction at a time, in it all that came in while the one before was under way. Under
/// load thousands of messages share an fsync; a single one waits for nothing but its own.
/// <para>While the database is away the batch is tried again. What was awaited is given up after its deadline, and then it never
/// will be stored; what is written behind is kept. A commit whose answer was lost is looked up by its transaction's id before
/// anything else is written.</para>
/// </summary>
internal sealed class GroupCommitter(NpgsqlDataSource database, Lease lease, BatchWriter writer, ArchiveNumbers numbers,
    MucOptions options, TimeProvider time, StoreLog log) : IDisposable
{
    private const int MaxBatch = 4096;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Queue<PendingChanges> _pending = new();
    private bool _isAway;
    private bool _isSignalled;
    private long _inFlight;

    public bool IsIdle
    {
        get
        {
            lock (_gate) return _pending.Count == 0 && _inFlight == 0;
        }
    }

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
        lock (_gate)
        {
            if (changes.Outcome is null && _pending.Count >= options.MaxPendingChanges)
            {
                // The database has been away for long: what is written behind may be lost, as after a crash.
                log.BehindDropped();
                return;
            }
            _pending.Enqueue(changes);
            if (_isSignalled) return;
            _isSignalled = true;
        }
        _ready.Release();
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
        while (!cancellationToken.IsCancellationRequested || !IsIdle)
        {
            try
            {
                await _ready.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (!IsIdle)
            {
                // Stopping: what is there is still written.
            }
            await CommitAsync(TakeBatch(), cancellationToken);
        }
    }

    public void Dispose() => _ready.Dispose();

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
                while (batch.Count < MaxBatch) batch.Add(_pending.Dequeue());
                _ready.Release();
            }
            _inFlight = batch.Count;
            return batch;
        }
    }

    private async Task CommitAsync(List<PendingChanges> batch, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        ulong doubtful = 0;
        var revoked = new List<Guid>();
        while (batch.Count > 0 || revoked.Count > 0)
        {
            try
            {
                doubtful = await TryCommitAsync(batch, doubtful, revoked);
                if (doubtful == 0) Finish(batch);
                continue;
            }
            catch (LeaseLostException)
            {
                // Another process owns the rooms: nothing of this may be told to anybody. The process is on its way out.
                GiveUp(batch, _ => true);
                break;
            }
            catch (Exception e) when (IsAway(e))
            {
                if (!_isAway) log.Away(e);
                _isAway = true;
                doubtful = writer.Transaction;
            }
            catch (Exception e)
            {
                log.Failed(e);
                await CommitSinglyAsync(batch);
                break;
            }
            numbers.Clear();
            // While nobody knows whether it was stored, nobody is told that it was not: unless it can be taken back again.
            var now = time.GetTimestamp();
            if (doubtful == 0) GiveUp(batch, p => p.Deadline <= now);
            else if (MayRevoke(batch, now)) Revoke(batch, revoked);
            if (cancellationToken.IsCancellationRequested && !batch.Exists(p => p.Outcome is not null)) break;
            await Task.Delay(pause, time, CancellationToken.None);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        lock (_gate) _inFlight = 0;
    }

    /// <returns>0 when the batch is durable; the id of a transaction whose fate is not known yet otherwise.</returns>
    private async Task<ulong> TryCommitAsync(List<PendingChanges> batch, ulong doubtful, List<Guid> revoked)
    {
        await using var connection = await database.OpenConnectionAsync();
        if (doubtful != 0)
        {
            var status = await StatusAsync(connection, doubtful);
            if (status == "committed")
            {
                await TakeBackAsync(connection, revoked);
                return 0;
            }
            if (status == "in progress")
            {
                await Task.Delay(FirstPause, time);
                return doubtful;
            }
        }
        revoked.Clear();
        writer.Forget();
        if (batch.Count == 0) return 0;
        await using var transaction = await connection.BeginTransactionAsync();
        await writer.WriteAsync(connection, transaction, batch, CancellationToken.None);
        await transaction.CommitAsync();
        return 0;
    }

    /// <summary>All that waits in the batch are messages whose time is over. They are the last of their archives, all of them, so
    /// that taking them back leaves no gap.</summary>
    private static bool MayRevoke(List<PendingChanges> batch, long now) => batch.Exists(p => p.Outcome is not null)
        && batch.TrueForAll(p => p.Outcome is null || (p.Deadline <= now && p.Changes.All(c => c is ArchiveAppend)));

    private static void Revoke(List<PendingChanges> batch, List<Guid> revoked)
    {
        foreach (var pending in batch)
        {
            if (pending.Outcome is not null) revoked.AddRange(pending.Changes.OfType<ArchiveAppend>().Select(m => m.Id));
        }
        GiveUp(batch, _ => true);
    }

    private static async Task TakeBackAsync(NpgsqlConnection connection, List<Guid> revoked)
    {
        if (revoked.Count == 0) return;
        await using var command = new NpgsqlCommand("delete from muc.messages where id = any($1)", connection)
        {
            Parameters = { new() { Value = revoked.ToArray() } },
        };
        await command.ExecuteNonQueryAsync();
        revoked.Clear();
    }

    private static async Task<string> StatusAsync(NpgsqlConnection connection, ulong transaction)
    {
        await using var command = new NpgsqlCommand("select pg_xact_status($1::text::xid8)", connection)
        {
            Parameters = { new() { Value = transaction.ToString(System.Globalization.CultureInfo.InvariantCulture) } },
        };
        return await command.ExecuteScalarAsync() as string ?? "aborted";
    }

    private void Finish(List<PendingChanges> batch)
    {
        if (_isAway) log.Back();
        _isAway = false;
        lock (_gate) _inFlight = 0;
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
    private async Task CommitSinglyAsync(List<PendingChanges> batch)
    {
        foreach (var pending in batch)
        {
            numbers.Clear();
            List<PendingChanges> one = [pending];
            try
            {
                if (await TryCommitAsync(one, doubtful: 0, []) == 0) pending.Outcome?.Invoke(true);
            }
            catch (Exception e)
            {
                log.Failed(e);
                pending.Outcome?.Invoke(false);
            }
        }
        numbers.Clear();
        batch.Clear();
    }

    private static bool IsAway(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is PostgresException postgres)
                return postgres.SqlState is "57P01" or "57P02" or "57P03" or "53300" or "53100" or "40001" or "40P01" or "25006";
            if (e is NpgsqlException or System.Net.Sockets.SocketException or TimeoutException or ObjectDisposedException) return true;
        }
        return false;
    }
}
