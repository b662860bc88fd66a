using System.Runtime.InteropServices;

namespace Annex.Search.Index;

/// <summary>Rooms in slots, words with the slots that they are in. A slot that was given up is not used again; when many
/// are, all is packed anew.</summary>
internal sealed class MemoryContents
{
    private readonly Dictionary<string, int> _terms = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];
    private readonly List<Postings> _postings = [];

    // Words in order, for those that begin alike; and those that came since it was made.
    private int[] _sorted = [];
    private readonly List<int> _unsorted = [];

    public Dictionary<string, int> SlotOf { get; } = new(StringComparer.Ordinal);

    /// <summary>Null where the slot was given up.</summary>
    public List<RoomEntry?> Rooms { get; } = [];

    // What every match is judged by stands side by side: a query for a common word looks at tens of thousands of rooms, and
    // going to each of them would cost more than all the rest.
    private readonly List<string> _jids = [];
    private readonly List<int> _popularity = [];
    private readonly List<int> _occupants = [];
    private readonly List<byte> _traits = [];
    private readonly Dictionary<string, List<int>> _slotsOfName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _slotsOfLocal = new(StringComparer.Ordinal);

    // Slots by address, and those that came since it was made.
    private int[] _byAddress = [];
    private readonly List<int> _outOfOrder = [];

    public const byte IsPresent = 1;
    public const byte IsOpen = 2;
    public const byte IsNsfw = 4;

    public ReadOnlySpan<int> Popularity => CollectionsMarshal.AsSpan(_popularity);

    public ReadOnlySpan<int> Occupants => CollectionsMarshal.AsSpan(_occupants);

    public ReadOnlySpan<byte> Traits => CollectionsMarshal.AsSpan(_traits);

    /// <summary>Slots in the order of their addresses, some given up among them; beside <see cref="SlotsOutOfOrder"/>.</summary>
    public ReadOnlySpan<int> SlotsByAddress => _byAddress;

    public IReadOnlyList<int> SlotsOutOfOrder => _outOfOrder;

    public bool IsWorthCompacting => Rooms.Count - SlotOf.Count > Math.Max(1000, SlotOf.Count / 2);

    /// <summary>Rooms that are called exactly so, given up ones perhaps among them.</summary>
    public IReadOnlyList<int> SlotsOfName(string key) => _slotsOfName.TryGetValue(key, out var slots) ? slots : [];

    public IReadOnlyList<int> SlotsOfLocal(string key) => _slotsOfLocal.TryGetValue(key, out var slots) ? slots : [];

    public void Put(RoomEntry room)
    {
        if (SlotOf.TryGetValue(room.Room.Jid, out var old))
        {
            if (Rooms[old]!.HasSameWords(room))
            {
                // The words keep their old, equal objects.
                Rooms[old] = room with { Lexemes = Rooms[old]!.Lexemes };
                (_popularity[old], _occupants[old], _traits[old]) = (room.Popularity, room.Room.Occupants, TraitsOf(room));
                return;
            }
            GiveUp(old);
        }
        var slot = Rooms.Count;
        _jids.Add(room.Room.Jid);
        _popularity.Add(room.Popularity);
        _occupants.Add(room.Room.Occupants);
        _traits.Add(TraitsOf(room));
        AddTo(_slotsOfName, room.NameKey, slot);
        AddTo(_slotsOfLocal, room.LocalKey, slot);
        SlotOf[room.Room.Jid] = slot;
        var lexemes = new Lexeme[room.Lexemes.Count];
        for (var i = 0; i < lexemes.Length; i++)
        {
            var term = TermOf(room.Lexemes[i].Text);
            byte weights = 0;
            foreach (var place in room.Lexemes[i].Places)
                weights |= (byte)(1 << (place & 3));
            _postings[term].Add(slot, weights);
            // One string for all rooms that have the word.
            lexemes[i] = room.Lexemes[i] with { Text = _texts[term] };
        }
        Rooms.Add(room with { Lexemes = lexemes });
        _outOfOrder.Add(slot);
        if (_outOfOrder.Count > Math.Max(500, _byAddress.Length / 8))
            SortByAddress();
    }

    /// <summary>Where in <see cref="SlotsByAddress"/> the first room stands at this address, or after it.</summary>
    public int FirstSlotAt(string jid, bool isAfter)
    {
        var (low, high) = (0, _byAddress.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = AddressOrder.Compare(_jids[_byAddress[middle]], jid);
            if (order < 0 || (order == 0 && isAfter))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    public void Remove(string jid)
    {
        if (SlotOf.Remove(jid, out var slot))
            GiveUp(slot);
    }

    public MemoryContents Compact()
    {
        var packed = new MemoryContents();
        foreach (var room in Rooms)
        {
            if (room is not null)
                packed.Put(room);
        }
        return packed;
    }

    public string[] GetWords() => [.. _texts];

    public Postings? PostingsOf(string text) => _terms.TryGetValue(text, out var term) ? _postings[term] : null;

    /// <summary>All words that begin so.</summary>
    public IEnumerable<Postings> PostingsFrom(string start)
    {
        for (var i = FirstAtOrAfter(start); i < _sorted.Length; i++)
        {
            if (!_texts[_sorted[i]].StartsWith(start, StringComparison.Ordinal))
                break;
            yield return _postings[_sorted[i]];
        }
        foreach (var term in _unsorted)
        {
            if (_texts[term].StartsWith(start, StringComparison.Ordinal))
                yield return _postings[term];
        }
    }

    private void SortByAddress()
    {
        // Those that were given up leave the order here.
        _byAddress = [.. _byAddress.Concat(_outOfOrder).Where(slot => Rooms[slot] is not null)];
        Array.Sort(_byAddress, (x, y) => AddressOrder.Compare(_jids[x], _jids[y]));
        _outOfOrder.Clear();
    }

    private void GiveUp(int slot)
    {
        Rooms[slot] = null;
        _traits[slot] = 0;
    }

    private static byte TraitsOf(RoomEntry room) =>
        (byte)(IsPresent | (room.Room.IsOpen ? IsOpen : 0) | (room.Room.IsNsfw ? IsNsfw : 0));

    private static void AddTo(Dictionary<string, List<int>> slots, string key, int slot)
    {
        if (key.Length == 0)
            return;
        if (!slots.TryGetValue(key, out var list))
            slots[key] = list = new List<int>(1);
        list.Add(slot);
    }

    private int FirstAtOrAfter(string start)
    {
        var (low, high) = (0, _sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(_texts[_sorted[middle]], start) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private int TermOf(string text)
    {
        if (_terms.TryGetValue(text, out var term))
            return term;
        term = _texts.Count;
        _terms[text] = term;
        _texts.Add(text);
        _postings.Add(new Postings());
        _unsorted.Add(term);
        // Sorting costs as much as all of them; so it waits until they are a share of all.
        if (_unsorted.Count > Math.Max(500, _sorted.Length / 8))
        {
            _sorted = [.. _sorted, .. _unsorted];
            Array.Sort(_sorted, (x, y) => string.CompareOrdinal(_texts[x], _texts[y]));
            _unsorted.Clear();
        }
        return term;
    }
}
