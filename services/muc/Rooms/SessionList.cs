// Hot path
namespace Annex.Muc.Rooms;

/// <summary>The sessions of a room, all in one array. What <see cref="Items"/> and <see cref="Count"/> gave at one
/// moment stays true for whoever kept it: adding writes behind that count, removing copies.</summary>
internal sealed class SessionList
{
    public Session[] Items { get; private set; } = [];

    public int Count { get; private set; }

    public void Add(Session session)
    {
        if (Count == Items.Length)
        {
            var larger = new Session[Math.Max(2, Count + Count / 2)];
            Array.Copy(Items, larger, Count);
            Items = larger;
        }
        session.Index = Count;
        Items[Count++] = session;
    }

    public void Remove(Session session)
    {
        var last = Count - 1;
        if (last == 0)
        {
            Items = [];
            Count = 0;
            return;
        }
        var copy = new Session[last + last / 8 + 1];
        Array.Copy(Items, copy, last);
        if (session.Index != last)
        {
            copy[session.Index] = Items[last];
            copy[session.Index].Index = session.Index;
        }
        Items = copy;
        Count = last;
    }

    public void Clear()
    {
        Items = [];
        Count = 0;
    }
}
