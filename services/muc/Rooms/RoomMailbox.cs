using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>What became of a command.</summary>
internal enum PostResult : byte { Posted, Full, Closed }

/// <summary>
/// A room's bounded queue and its turn on the thread pool: one command after the other, never two at once, at most <see
/// cref="CommandsPerTurn"/> before other rooms get theirs. Effects of messages that wait for their commit are held back
/// here, in order, and with them all that comes behind them in this room.
/// </summary>
internal sealed class RoomMailbox(RoomDirectory directory, Jid jid) : IThreadPoolWorkItem
{
    // Enough to make the switch cheap, few enough that a busy room delays others by no more than a millisecond or two.
    private const int CommandsPerTurn = 32;

    private readonly Lock _gate = new();
    private readonly Queue<RoomCommand> _commands = [];
    // Most rooms never hold anything back: 100,000 idle ones keep no queue for it.
    private Queue<HeldEffects>? _held;
    private Queue<RoomCommandKind>? _outcomes;
    private long _bytes;
    private Room? _room;
    private Stanza? _waiting;
    private bool _isRunning;
    private bool _isClosed;
    private bool _hasHeldOutcome;
    private Task _turn = Task.CompletedTask;

    public Jid Jid { get; } = jid;

    /// <summary>When a stanza of this room last went to many at once (a timestamp of the service's clock; 0: never).</summary>
    public long LastMulticast { get; set; }

    /// <summary>For counts and for putting idle rooms away; its state belongs to the turn.</summary>
    public Room? Room => Volatile.Read(ref _room);

    /// <summary>Something waits or is being done.</summary>
    public bool IsBusy
    {
        get { lock (_gate) return _isRunning || _commands.Count > 0 || IsHolding; }
    }

    /// <summary>The turn that runs, or ran last.</summary>
    public Task Turn => Volatile.Read(ref _turn);

    public PostResult Post(in RoomCommand command)
    {
        lock (_gate)
        {
            if (_isClosed)
                return PostResult.Closed;
            var size = command.Stanza?.Payload.Length ?? 0;
            if (_commands.Count >= directory.Options.MailboxStanzas || _bytes + size > directory.Options.MailboxBytes)
                return PostResult.Full;
            _bytes += size;
            _commands.Enqueue(command);
            ScheduleLocked();
        }
        return PostResult.Posted;
    }

    /// <summary>The room is known now (it came from the store, or there is none): its turns begin.</summary>
    public void Open(Room room)
    {
        lock (_gate)
        {
            _room = room;
            if (room.Exists)
                (_outcomes ??= []).Enqueue(RoomCommandKind.Tick); // in front of all that waits
            ScheduleLocked();
        }
    }

    /// <summary>The room could not be loaded: everybody who waits is refused.</summary>
    public void Fail()
    {
        RoomCommand[] refused;
        lock (_gate)
        {
            _isClosed = true;
            refused = [.. _commands];
            _commands.Clear();
        }
        foreach (var command in refused)
            directory.Refuse(command, MucErrors.StoreAway);
    }

    /// <summary>Ends the mailbox where nothing waits and the room may leave memory.</summary>
    public bool TryClose()
    {
        lock (_gate)
        {
            if (_isClosed)
                return true;
            if (_isRunning || _commands.Count > 0 || IsHolding || _room is null || _room.IsWaiting)
                return false;
            return _isClosed = true;
        }
    }

    private bool IsHolding => _held is { Count: > 0 };

    public void Execute() => Volatile.Write(ref _turn, RunAsync());

    private void ScheduleLocked()
    {
        if (_isRunning || _room is null || !HasWorkLocked())
            return;
        _isRunning = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool HasWorkLocked()
    {
        if (_outcomes is { Count: > 0 } || _hasHeldOutcome)
            return true;
        if (_commands.Count == 0 || _room!.IsWaiting)
            return false;
        return !IsHolding || Room.MayOvertake(_commands.Peek());
    }

    private async Task RunAsync()
    {
        try
        {
            for (var i = 0; i < CommandsPerTurn; i++)
            {
                await ReleaseAsync();
                if (!TryTake(out var command))
                    break;
                await ApplyAsync(command);
            }
        }
        finally
        {
            EndTurn();
        }
    }

    private void EndTurn()
    {
        bool isOver;
        lock (_gate)
        {
            _isRunning = false;
            if (_commands.Count == 0 && _room!.SessionCount == 0)
                _commands.TrimExcess(); // nobody is there: the room may be idle for long
            ScheduleLocked();
            isOver = !_isRunning;
        }
        if (isOver && !_room!.Exists)
            directory.PutAway(this);
    }

    private bool TryTake(out RoomCommand command)
    {
        lock (_gate)
        {
            command = default;
            if (_outcomes is not null && _outcomes.TryDequeue(out var outcome))
            {
                command = new RoomCommand(outcome);
                return true;
            }
            if (_commands.Count == 0 || _room!.IsWaiting || (IsHolding && !Room.MayOvertake(_commands.Peek())))
                return false;
            command = _commands.Dequeue();
            _bytes -= command.Stanza?.Payload.Length ?? 0;
            return true;
        }
    }

    private async Task ApplyAsync(RoomCommand command)
    {
        var effects = directory.RentEffects();
        try
        {
            _room!.Apply(command, effects);
        }
        catch (Exception exception)
        {
            // Our fault (DESIGN rule 5): this is where a room's stanzas are dispatched.
            directory.CountFailure(exception, Jid);
            effects.Clear();
            if (command.Stanza is not null)
                effects.Error(command.Stanza, StanzaError.InternalServerError);
            else
                command.Call?.Refuse();
        }
        if (_room!.IsWaiting)
            _waiting = command.Stanza ?? _waiting; // the continuation still reads it
        else
            Release(command.Stanza);
        await SettleAsync(effects);
    }

    private void Release(Stanza? stanza)
    {
        stanza?.Dispose();
        _waiting?.Dispose();
        _waiting = null;
    }

    /// <summary>Hands over what is to be stored and sends what may be sent.</summary>
    private async ValueTask SettleAsync(Effects effects)
    {
        var changes = Collect(effects, out var isAwaited, out var message);
        if (message is not null)
        {
            var held = new HeldEffects(effects, message);
            lock (_gate)
                (_held ??= []).Enqueue(held);
            directory.Undelivered.Add(message.At);
            directory.Commit(Jid, changes!, isDurable => Settled(held, isDurable));
            return;
        }
        if (changes is not null)
            directory.Commit(Jid, changes, isAwaited ? Resumed : null);
        if (IsHolding)
        {
            lock (_gate)
                _held!.Enqueue(new HeldEffects(effects, null) { Outcome = true });
            return;
        }
        await directory.DeliverAsync(this, effects, isStored: true);
        directory.ReturnEffects(effects);
    }

    private static List<RoomChange>? Collect(Effects effects, out bool isAwaited, out ArchiveAppend? message)
    {
        List<RoomChange>? changes = null;
        isAwaited = false;
        message = null;
        for (var i = 0; i < effects.Count; i++)
        {
            ref readonly var effect = ref effects[i];
            isAwaited |= effect.Kind == EffectKind.Await;
            if (effect.Kind != EffectKind.Store)
                continue;
            var change = (RoomChange)effect.Data!;
            message = change as ArchiveAppend ?? message;
            (changes ??= []).Add(change);
        }
        return changes;
    }

    private void Resumed(bool isDurable)
    {
        lock (_gate)
        {
            (_outcomes ??= []).Enqueue(isDurable ? RoomCommandKind.Stored : RoomCommandKind.Refused);
            ScheduleLocked();
        }
    }

    private void Settled(HeldEffects held, bool isDurable)
    {
        lock (_gate)
        {
            held.Outcome = isDurable;
            _hasHeldOutcome = true;
            ScheduleLocked();
        }
    }

    /// <summary>Sends what was held back and is settled now, in order.</summary>
    private async ValueTask ReleaseAsync()
    {
        while (true)
        {
            HeldEffects? next;
            lock (_gate)
            {
                _hasHeldOutcome = false;
                if (_held is null || !_held.TryPeek(out next) || next.Outcome is null)
                    return;
            }
            if (next.Outcome is false && next.Message is not null)
                _room!.Forget(next.Message);
            await directory.DeliverAsync(this, next.Effects, next.Outcome.Value);
            if (next.Message is { } message)
                directory.Delivered(message, next.Outcome.Value);
            directory.ReturnEffects(next.Effects);
            lock (_gate)
            {
                _held.Dequeue();
                if (_held.Count == 0 && _held.Capacity > 256)
                    _held = null; // after a flood
            }
        }
    }

    /// <param name="Message">What has to be durable first; null: nothing, it only waits its turn.</param>
    private sealed record HeldEffects(Effects Effects, ArchiveAppend? Message)
    {
        public bool? Outcome { get; set; }
    }
}
