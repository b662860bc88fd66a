using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;

namespace Annex.Scenarios.Muc;

/// <summary>A store for tests: keeps rooms as plain data, commits by itself or when it is told, or refuses.</summary>
internal sealed class MemoryStore : IRoomStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Jid, StoredRoom> _rooms = [];
    private readonly Queue<(Jid Room, IReadOnlyList<RoomChange> Changes, Action<bool>? Outcome)> _pending = [];
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Nothing becomes durable until <see cref="Settle"/>.</summary>
    public bool IsHeld { get; set; }

    public bool IsAway { get; set; }

    /// <summary>Lists of rooms are answered when this completes; null: at once.</summary>
    public Task? ListsAfter { get; set; }

    /// <summary>Lists that were asked for.</summary>
    public int ListCount { get; private set; }

    public long ListVersion { get; private set; }

    public Task<StoredRoom> LoadAsync(Jid room, CancellationToken cancellationToken)
    {
        if (IsAway)
            throw new IOException("away");
        lock (_gate)
            return Task.FromResult(_rooms.GetValueOrDefault(room) ?? new StoredRoom());
    }

    public void Commit(Jid room, IReadOnlyList<RoomChange> changes, Action<bool>? outcome)
    {
        lock (_gate)
        {
            _pending.Enqueue((room, changes, outcome));
            var arrival = _arrival;
            _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            arrival.TrySetResult();
        }
        if (!IsHeld)
            ThreadPool.QueueUserWorkItem(_ => Settle(true));
    }

    /// <summary>Completes when this many changes that somebody waits for are pending.</summary>
    public async Task WhenPendingAsync(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (_pending.Count(p => p.Outcome is not null) >= count)
                    return;
                arrival = _arrival.Task;
            }
            await arrival.WaitAsync(limit.Token);
        }
    }

    /// <summary>All that is pending becomes durable, or never will.</summary>
    public void Settle(bool isDurable)
    {
        while (true)
        {
            (Jid Room, IReadOnlyList<RoomChange> Changes, Action<bool>? Outcome) next;
            lock (_gate)
            {
                if (!_pending.TryDequeue(out next))
                    return;
                if (isDurable)
                {
                    ListVersion++;
                    foreach (var change in next.Changes)
                        _rooms[next.Room] = Apply(_rooms.GetValueOrDefault(next.Room) ?? new StoredRoom(), change);
                }
            }
            next.Outcome?.Invoke(isDurable);
        }
    }

    public StoredRoom this[string room]
    {
        get { lock (_gate) return _rooms.GetValueOrDefault(Jid.Parse(room)) ?? new StoredRoom(); }
    }

    public async IAsyncEnumerable<Jid> RoomsWithOccupantsAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Jid[] rooms;
        lock (_gate)
            rooms = [.. _rooms.Where(r => r.Value.Occupants.Count > 0).Select(r => r.Key)];
        foreach (var room in rooms)
        {
            await Task.Yield();
            yield return room;
        }
    }

    public async Task<RoomPage> ListPublicAsync(Jid? after, Jid? before, bool fromEnd, int max, CancellationToken cancellationToken)
    {
        lock (_gate)
            ListCount++;
        if (ListsAfter is { } hold)
            await hold;
        lock (_gate)
        {
            var all = _rooms.Where(r => r.Value.Record is { Configuration.IsPublic: true }).Select(r => r.Value.Record!)
                .OrderBy(r => r.Room).ToList();
            var rooms = all.Where(r => (after is null || r.Room.CompareTo(after) > 0) && (before is null || r.Room.CompareTo(before) < 0));
            var page = (fromEnd ? rooms.TakeLast(max) : rooms.Take(max)).Select(r => new RoomSummary(r.Room, r.Configuration.Name)).ToList();
            var first = page.Count == 0 ? 0 : all.FindIndex(r => r.Room.Equals(page[0].Room));
            return new RoomPage(page, first, all.Count);
        }
    }

    public Task<(int All, int Own)> CountRoomsAsync(Jid creator, CancellationToken cancellationToken) => Task.FromResult((0, 0));

    private static StoredRoom Apply(StoredRoom room, RoomChange change) => change switch
    {
        RoomStored stored => room with { Record = stored.Record, Tombstone = null },
        RoomRemoved removed => new StoredRoom { Tombstone = removed.Tombstone },
        AffiliationChange a => room with
        {
            Affiliations = [.. room.Affiliations.Where(e => !e.Subject.Equals(a.Entry.Subject)),
                .. a.Entry.Affiliation == Affiliation.None && a.Entry.Nick is null ? (AffiliationRecord[])[] : [a.Entry]],
        },
        SubscriptionChange c => room with
        {
            Subscriptions = [.. room.Subscriptions.Where(e => !e.Subject.Equals(c.Subject)), .. c.Entry is null ? (SubscriptionRecord[])[] : [c.Entry]],
        },
        OccupantStored o => room with { Occupants = [.. room.Occupants.Where(e => !e.Session.Equals(o.Entry.Session)), o.Entry] },
        OccupantRemoved o => room with { Occupants = [.. room.Occupants.Where(e => !e.Session.Equals(o.Session))] },
        PresenceStored p => room with
        {
            Occupants = [.. room.Occupants.Select(e => e.Session.Equals(p.Session) ? e with { Presence = p.Presence } : e)],
        },
        MuteStored m => room with { Mutes = [.. room.Mutes.Where(e => !e.Subject.Equals(m.Mute.Subject)), m.Mute] },
        MuteRemoved m => room with { Mutes = [.. room.Mutes.Where(e => !e.Subject.Equals(m.Subject))] },
        VCardStored card => room with { VCard = card.VCard },
        ArchiveAppend { IsHistory: true } message => room with { History = [.. room.History, message] },
        _ => room,
    };
}
