// Hot path: every outgoing stanza passes here, from any thread.
using System.Buffers;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Streams;

/// <summary>
/// What waits to be written to the server. Two buffers: many threads fill one under a lock, the write loop empties the other.
/// Bounded in bytes; a stanza is in it whole or not at all.
/// </summary>
internal sealed class OutgoingQueue : IBufferWriter<byte>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _ready = new(0, 1);
    private readonly long _highWater;
    private readonly long _limit;
    private SegmentBuffer _filling = new();
    private SegmentBuffer _sending = new();
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _drained;
    private long _committed;
    private long _waiting;
    private bool _isOpen;
    private bool _isUp;
    private bool _isSignalled;

    /// <param name="highWater">Bytes from which producers wait.</param>
    /// <param name="limit">Bytes beyond which a stanza is dropped and counted.</param>
    public OutgoingQueue(long highWater, long limit)
    {
        _highWater = highWater;
        _limit = limit;
        Writer = new StanzaWriter(this);
    }

    /// <summary>Writes into the open batch.</summary>
    public StanzaWriter Writer { get; }

    public bool IsUp => Volatile.Read(ref _isUp);

    /// <summary>Committed bytes that the server has not been given yet.</summary>
    public long Waiting => Volatile.Read(ref _waiting);

    public long StanzaCount { get; private set; }

    public long ByteCount { get; private set; }

    /// <summary>Presences dropped because the link was down.</summary>
    public long DroppedPresences { get; private set; }

    /// <summary>Stanzas dropped because the queue was full.</summary>
    public long Overflowed { get; private set; }

    /// <summary>Takes the lock until <see cref="Close"/>.</summary>
    public void Open()
    {
        _gate.Enter();
        if (_isOpen)
        {
            _gate.Exit();
            throw new InvalidOperationException("This thread has a batch open already: batches do not nest.");
        }
        _isOpen = true;
    }

    public void Commit(StanzaKind kind)
    {
        if (Writer.Depth > 0)
            Writer.EndStanza();
        var size = _filling.Length - _committed;
        if (size == 0)
            return;
        if (!_isUp && kind == StanzaKind.Presence)
        {
            DroppedPresences++;
            _filling.Truncate(_committed);
            return;
        }
        if (_waiting + size > _limit)
        {
            Overflowed++;
            _filling.Truncate(_committed);
            return;
        }
        StanzaCount++;
        Add(size);
    }

    /// <summary>Takes back what was not committed and gives the lock free.</summary>
    public void Close()
    {
        var signal = false;
        try
        {
            if (Writer.Depth > 0)
                Writer.EndStanza();
            _filling.Truncate(_committed);
            signal = _isUp && _committed > 0 && !_isSignalled;
            _isSignalled |= signal;
        }
        finally
        {
            _isOpen = false;
            _gate.Exit();
        }
        if (signal)
            _ready.Release();
    }

    /// <summary>A space between stanzas, where nothing else waits (RFC 6120 §4.6.1).</summary>
    public void AddWhitespace()
    {
        Open();
        if (_isUp && _waiting == 0)
        {
            _filling.GetSpan(1)[0] = (byte)' ';
            _filling.Advance(1);
            Add(1);
        }
        Close();
    }

    private void Add(long size)
    {
        _committed += size;
        _waiting += size;
        ByteCount += size;
    }

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _waiting) < _highWater)
            return ValueTask.CompletedTask;
        Task room;
        lock (_gate)
        {
            if (_waiting < _highWater)
                return ValueTask.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            room = _room.Task;
        }
        return new ValueTask(room.WaitAsync(cancellationToken));
    }

    /// <summary>Completes when all that was committed has been written, or the link is down.</summary>
    public Task WaitUntilDrainedAsync()
    {
        lock (_gate)
        {
            if (_waiting == 0 || !_isUp)
                return Task.CompletedTask;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>The link stands: what waited goes out.</summary>
    public void MarkUp()
    {
        var signal = false;
        lock (_gate)
        {
            _isUp = true;
            signal = _committed > 0 && !_isSignalled;
            _isSignalled |= signal;
        }
        if (signal)
            _ready.Release();
    }

    /// <summary>The link is gone. What was being written is lost with it: nobody can tell how much the server got.</summary>
    public void MarkDown()
    {
        lock (_gate)
        {
            _isUp = false;
            Sent();
        }
    }

    /// <summary>Everything that is ready, for the write loop alone; waits until there is something. Followed by
    /// <see cref="MarkSent"/>.</summary>
    public async ValueTask<SegmentBuffer> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_committed > 0)
                {
                    // Never during a batch: the lock is held for as long as one is open.
                    (_filling, _sending) = (_sending, _filling);
                    _committed = 0;
                    return _sending;
                }
            }
            await _ready.WaitAsync(cancellationToken);
            lock (_gate)
                _isSignalled = false;
        }
    }

    public void MarkSent()
    {
        lock (_gate)
            Sent();
    }

    private void Sent()
    {
        _waiting -= _sending.Length;
        _sending.Clear();
        if (_room is not null && _waiting < _highWater / 2)
        {
            _room.SetResult();
            _room = null;
        }
        if (_drained is not null && (_waiting == 0 || !_isUp))
        {
            _drained.SetResult();
            _drained = null;
        }
    }

    void IBufferWriter<byte>.Advance(int count) => _filling.Advance(count);

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => _filling.GetMemory(sizeHint);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => _filling.GetSpan(sizeHint);

    /// <summary>Gives the memory back. Producers that come later find the link down and the queue empty.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isUp = false;
            _waiting = 0;
            _committed = 0;
            _filling.Release();
            _sending.Release();
            _room?.TrySetResult();
            _drained?.TrySetResult();
        }
        _ready.Dispose();
    }
}
