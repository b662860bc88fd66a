using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.Logging;

namespace Annex.Muc.Rooms;

/// <summary>
/// All rooms in memory, by address. A room that is addressed and is not here is loaded (or found not to exist) while
/// its stanzas wait in its mailbox; one that is idle is put away. Without a store, rooms live as long as the process.
/// </summary>
internal sealed class RoomDirectory : IAsyncDisposable
{
    private const int KeptEffects = 64;
    private const int KeptTombstones = 10_000;

    private readonly ConcurrentDictionary<Jid, RoomMailbox> _rooms = new();
    private readonly ConcurrentDictionary<Jid, Tombstone> _tombstones = new();
    private readonly ConcurrentBag<Effects> _effects = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly ComponentConnection _connection;
    private readonly IRoomStore? _store;
    private readonly ILogger _logger;
    private readonly ITimer _clock;
    private long _failures;
    private long _refused;
    private long _repeated;

    public RoomDirectory(ChatService service, ComponentConnection connection, IRoomStore? store, ILogger logger)
    {
        Service = service;
        _connection = connection;
        _store = store;
        _logger = logger;
        Multicast = new Multicast(service.Options.Multicast);
        Undelivered = new Undelivered(() => connection.SentBytes, service.Time);
        var second = TimeSpan.FromSeconds(1);
        _clock = service.Time.CreateTimer(_ => Tick(), null, second, second);
    }

    public ChatService Service { get; }

    public MucOptions Options => Service.Options;

    public RoomList List { get; } = new();

    public Multicast Multicast { get; }

    public IRoomStore? Store => _store;

    /// <summary>Messages that are stored, or being stored, and not yet with the server.</summary>
    public Undelivered Undelivered { get; }

    /// <summary>Messages that were told again after a crash, since somebody may have missed them.</summary>
    public long RepeatedCount => Volatile.Read(ref _repeated);

    /// <summary>Rooms in memory.</summary>
    public int Count => _rooms.Count;

    public IEnumerable<RoomMailbox> Mailboxes => _rooms.Values;

    /// <summary>Exceptions out of rooms since the start.</summary>
    public long FailureCount => Volatile.Read(ref _failures);

    /// <summary>Stanzas and calls that found no place in a mailbox, or no room that could be loaded.</summary>
    public long RefusedCount => Volatile.Read(ref _refused);

    /// <summary>Gives a stanza to the room that it is addressed to; takes it over.</summary>
    public void Post(Stanza stanza)
    {
        var address = stanza.To!.Bare;
        var command = RoomCommand.Of(stanza);
        var result = Post(address, command);
        if (result != PostResult.Posted)
            Refuse(command, MucErrors.MailboxFull);
    }

    /// <summary>Asks a room from inside the service; refused calls are told.</summary>
    public void Post(Jid room, RoomCall call)
    {
        var command = RoomCommand.Of(call);
        if (Post(room, command) != PostResult.Posted)
            Refuse(command, MucErrors.MailboxFull);
    }

    /// <summary>The mailbox of a room in memory.</summary>
    public bool TryGet(Jid room, [NotNullWhen(true)] out RoomMailbox? mailbox) => _rooms.TryGetValue(room, out mailbox);

    public void Refuse(in RoomCommand command, StanzaError error)
    {
        Interlocked.Increment(ref _refused);
        command.Call?.Refuse();
        if (command.Stanza is not { } stanza)
            return;
        _connection.SendError(stanza, error);
        stanza.Dispose();
    }

    public Effects RentEffects() => _effects.TryTake(out var effects) ? effects
        : new Effects { MaxAnswerBytes = Options.MaxAnswerBytes };

    public void ReturnEffects(Effects effects)
    {
        effects.Clear();
        if (_effects.Count < KeptEffects)
            _effects.Add(effects);
        else
            effects.Dispose();
    }

    public void Commit(Jid room, IReadOnlyList<RoomChange> changes, Action<bool>? outcome) =>
        _store!.Commit(room, changes, outcome);

    public void CountFailure(Exception exception, Jid room)
    {
        Interlocked.Increment(ref _failures);
        Log.RoomFailed(_logger, exception, room.GetHashCode());
    }

    /// <summary>Sends the stanzas among the effects, waiting where the connection is behind; then does the
    /// rest.</summary>
    public async ValueTask DeliverAsync(RoomMailbox mailbox, Effects effects, bool isStored)
    {
        var writer = new EffectWriter(effects, isStored, Multicast,
            mailbox.LastMulticast != 0 && Service.Time.GetElapsedTime(mailbox.LastMulticast) < Multicast.OrderIsKeptFor);
        bool isMore;
        do
        {
            await _connection.WaitForRoomAsync(_stopping.Token);
            isMore = writer.WriteSome(_connection);
        }
        while (isMore);
        if (writer.HasMulticast)
            mailbox.LastMulticast = Service.Time.GetTimestamp();
        for (var i = 0; i < effects.Count; i++)
        {
            var kind = effects[i].Kind;
            if (kind == EffectKind.List && _store is null)
                List.Set(mailbox.Jid, (RoomSummary?)effects[i].Data);
            else if (kind == EffectKind.End && effects[i].Data is Tombstone tombstone && _store is null)
                Bury(tombstone);
        }
    }

    /// <summary>Lets a room leave memory if nothing waits for it.</summary>
    public void PutAway(RoomMailbox mailbox)
    {
        if (mailbox.TryClose())
            _rooms.TryRemove(KeyValuePair.Create(mailbox.Jid, mailbox));
    }

    /// <summary>A message that waited for its commit stands in the queue to the server, or its sender was refused.</summary>
    public void Delivered(ArchiveAppend message, bool isStored)
    {
        if (isStored)
            Undelivered.Queued(message.At, _connection.CommittedBytes);
        else
            Undelivered.Remove(message.At);
    }

    /// <summary>Tells a room's occupants once more what the last process may not have told all of them.</summary>
    public void Repeat(Jid room, IReadOnlyList<ArchiveAppend> messages)
    {
        foreach (var message in messages)
            Undelivered.Add(message.At);
        var repeat = new RepeatCall(messages);
        Post(room, repeat);
        // Behind it: by then the messages stand in the queue.
        Post(room, new RepeatCall([], () =>
        {
            foreach (var message in messages)
                Delivered(message, repeat.IsDone);
            if (repeat.IsDone)
                Interlocked.Add(ref _repeated, messages.Count);
        }));
    }

    /// <summary>Loads a room that had occupants, so that they are in it again.</summary>
    public void Wake(Jid room) => Post(room, RoomCommandKind.Tick);

    public async ValueTask DisposeAsync()
    {
        await _clock.DisposeAsync();
        await _stopping.CancelAsync();
        foreach (var mailbox in _rooms.Values)
            await mailbox.Turn.ContinueWith(static _ => { }, TaskScheduler.Default);
        _stopping.Dispose();
    }

    private void Post(Jid room, RoomCommandKind kind) => Post(room, new RoomCommand(kind));

    private PostResult Post(Jid room, in RoomCommand command)
    {
        // A mailbox that closes between look-up and posting is replaced by a new one: no more than a few times in a
        // row.
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var mailbox = GetOrOpen(room);
            var result = mailbox.Post(command);
            if (result != PostResult.Closed)
                return result;
            _rooms.TryRemove(KeyValuePair.Create(room, mailbox));
        }
        return PostResult.Full;
    }

    private RoomMailbox GetOrOpen(Jid room)
    {
        if (_rooms.TryGetValue(room, out var mailbox))
            return mailbox;
        var opened = new RoomMailbox(this, room);
        mailbox = _rooms.GetOrAdd(room, opened);
        if (ReferenceEquals(mailbox, opened))
            Load(mailbox);
        return mailbox;
    }

    private void Load(RoomMailbox mailbox)
    {
        if (_store is null)
        {
            var tombstone = _tombstones.GetValueOrDefault(mailbox.Jid);
            mailbox.Open(new Room(Service, mailbox.Jid, tombstone is null ? null
                : new StoredRoom { Tombstone = tombstone }));
            return;
        }
        _ = LoadAsync(mailbox);
    }

    private async Task LoadAsync(RoomMailbox mailbox)
    {
        try
        {
            var stored = await _store!.LoadAsync(mailbox.Jid, _stopping.Token);
            mailbox.Open(new Room(Service, mailbox.Jid, stored));
        }
        catch (Exception exception)
        {
            if (exception is not (IOException or OperationCanceledException))
                CountFailure(exception, mailbox.Jid);
            mailbox.Fail();
            _rooms.TryRemove(KeyValuePair.Create(mailbox.Jid, mailbox));
        }
    }

    private void Bury(Tombstone tombstone)
    {
        if (_tombstones.Count >= KeptTombstones)
        {
            var oldest = _tombstones.Values.MinBy(t => t.At);
            if (oldest is not null)
                _tombstones.TryRemove(oldest.Room, out _);
        }
        _tombstones[tombstone.Room] = tombstone;
    }

    /// <summary>Once a second: rooms that wait to be unlocked, relays that ran out, idle rooms.</summary>
    private void Tick()
    {
        var now = Service.Now;
        foreach (var mailbox in _rooms.Values)
        {
            if (mailbox.Room is not { } room)
                continue;
            if (room.IsLocked || room.Relays.Count > 0 || room.IsDue(now))
                mailbox.Post(new RoomCommand(RoomCommandKind.Tick));
            else if (_store is not null && room.IsIdle && now - room.LastUsed >= Options.IdleAfter)
                PutAway(mailbox);
        }
    }
}
