using System.Collections.Concurrent;
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>Counts over all rooms, for the limits that one room cannot see. Thread-safe.</summary>
internal sealed class RoomCensus(MucOptions options)
{
    private readonly ConcurrentDictionary<Jid, int> _joined = new();
    private readonly ConcurrentDictionary<Jid, int> _created = new();
    private int _rooms;
    private long _sessions;

    public int Rooms => Volatile.Read(ref _rooms);

    public long Sessions => Volatile.Read(ref _sessions);

    /// <summary>Counts a new room; false where one limit or the other is reached.</summary>
    public bool TryAddRoom(Jid creator, bool isExempt)
    {
        if (!isExempt && options.MaxRooms > 0 && Volatile.Read(ref _rooms) >= options.MaxRooms)
            return false;
        var own = _created.AddOrUpdate(creator, 1, static (_, n) => n + 1);
        if (!isExempt && options.MaxRoomsPerUser > 0 && own > options.MaxRoomsPerUser)
        {
            Decrement(_created, creator);
            return false;
        }
        Interlocked.Increment(ref _rooms);
        return true;
    }

    /// <summary>Counts a room that was there before.</summary>
    public void AddRoom(Jid creator)
    {
        _created.AddOrUpdate(creator, 1, static (_, n) => n + 1);
        Interlocked.Increment(ref _rooms);
    }

    public void RemoveRoom(Jid creator)
    {
        Decrement(_created, creator);
        Interlocked.Decrement(ref _rooms);
    }

    public bool MayJoin(Jid bare) =>
        options.MaxJoinedPerUser <= 0 || !_joined.TryGetValue(bare, out var n) || n < options.MaxJoinedPerUser;

    public void AddSession(Jid bare)
    {
        Interlocked.Increment(ref _sessions);
        if (options.MaxJoinedPerUser > 0)
            _joined.AddOrUpdate(bare, 1, static (_, n) => n + 1);
    }

    public void RemoveSession(Jid bare)
    {
        Interlocked.Decrement(ref _sessions);
        if (options.MaxJoinedPerUser > 0)
            Decrement(_joined, bare);
    }

    private static void Decrement(ConcurrentDictionary<Jid, int> counts, Jid key)
    {
        while (counts.TryGetValue(key, out var n))
        {
            if (n > 1 ? counts.TryUpdate(key, n - 1, n) : counts.TryRemove(KeyValuePair.Create(key, n)))
                return;
        }
    }
}
