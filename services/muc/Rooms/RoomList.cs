using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>The public rooms in memory, in the order of their addresses; the whole list of a service without a
/// store.</summary>
internal sealed class RoomList
{
    private readonly Lock _gate = new();
    private readonly SortedList<Jid, RoomSummary> _rooms = [];

    public void Set(Jid room, RoomSummary? summary)
    {
        lock (_gate)
        {
            if (summary is null)
                _rooms.Remove(room);
            else
                _rooms[room] = summary;
        }
    }

    /// <summary>See <see cref="IRoomStore.ListPublicAsync"/>.</summary>
    public RoomPage Page(Jid? after, Jid? before, bool fromEnd, int max)
    {
        lock (_gate)
        {
            var low = after is null ? 0 : IndexBehind(after);
            var high = before is null ? _rooms.Count : IndexOf(before);
            if (fromEnd)
                low = Math.Max(low, high - max);
            else
                high = Math.Min(high, low + max);
            var page = new List<RoomSummary>(Math.Max(0, high - low));
            for (var i = low; i < high; i++)
                page.Add(_rooms.GetValueAtIndex(i));
            return new RoomPage(page, low, _rooms.Count);
        }
    }

    private int IndexBehind(Jid room)
    {
        var index = IndexOf(room);
        return index < _rooms.Count && _rooms.GetKeyAtIndex(index).Equals(room) ? index + 1 : index;
    }

    /// <summary>The first place whose address is not lower.</summary>
    private int IndexOf(Jid room)
    {
        int low = 0, high = _rooms.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_rooms.GetKeyAtIndex(middle).CompareTo(room) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
