using System.Runtime.InteropServices;

namespace Annex.Search.Index;

/// <summary>Rooms in slots, words with the slots that they are in. A slot that was given up is not used again; when many
/// are, all is packed anew. After changes it is to be settled before it is read.</summary>
internal sealed class MemoryContents
{
    public const byte IsPresent = 1;
    public const byte IsOpen = 2;
    public const byte IsNsfw = 4;

    private readonly Dictionary<string, int> _terms = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];
    private readonly List<Postings> _postings = [];
    private readonly TextOrder _words;

    // What every match is judged by stands side by side: a query for a common word looks at tens of thousands of rooms, and
    // going to each of them would cost more than all the rest.
    private readonly List<string> _jids = [];
    private readonly List<int> _popularity = [];
    private readonly List<int> _occupants = [];
    private readonly List<int> _ranks = [];
    private readonly List<byte> _traits = [];
    private readonly TextOrder _addresses;
    private readonly Dictionary<string, List<int>> _slotsOfName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _slotsOfLocal = new(StringComparer.Ordinal);

    public MemoryContents()
    {
        _words = new TextOrder(_texts, string.CompareOrdinal);
        _addresses = new TextOrder(_jids, AddressOrder.Compare);
    }

    public Dictionary<string, int> SlotOf { get; } = new(StringComparer.Ordinal);

    /// <summary>Null where the slot was given up. Their words are with the postings alone.</summary>
    public List<RoomEntry?> Rooms { get; } = [];

    public ReadOnlySpan<int> Popularity => CollectionsMarshal.AsSpan(_popularity);

    public ReadOnlySpan<int> Occupants => CollectionsMarshal.AsSpan(_occupants);

    /// <summary>Each slot's place in the order of addresses. No two are the same.</summary>
    public ReadOnlySpan<int> Ranks => CollectionsMarshal.AsSpan(_ranks);

    public ReadOnlySpan<byte> Traits => CollectionsMarshal.AsSpan(_traits);

    public bool IsWorthCompacting => Rooms.Count - SlotOf.Count > Math.Max(1000, SlotOf.Count / 2);

    /// <summary>Rooms that are called exactly so, given up ones perhaps among them.</summary>
    public IReadOnlyList<int> SlotsOfName(string key) => _slotsOfName.TryGetValue(key, out var slots) ? slots : [];

    public IReadOnlyList<int> SlotsOfLocal(string key) => _slotsOfLocal.TryGetValue(key, out var slots) ? slots : [];

    /// <summary>The slot with this rank.</summary>
    public int SlotAt(int rank) => _addresses.Numbers[rank];

    /// <summary>The first rank of this address or of one behind it; after it, the first of one behind it.</summary>
    public int FirstRank(string jid, bool isAfter) => _addresses.Find(jid, isAfter);

    public void Put(RoomEntry room)
    {
        if (SlotOf.TryGetValue(room.Room.Jid, out var old))
        {
            if (Rooms[old]!.HasSameWords(room))
            {
                Rooms[old] = room with { Lexemes = [] };
                (_popularity[old], _occupants[old], _traits[old]) = (room.Popularity, room.Room.Occupants, TraitsOf(room));
                return;
            }
            GiveUp(old);
        }
        var slot = Add(room);
        foreach (var lexeme in room.Lexemes)
            _postings[TermOf(lexeme.Text)].Add(slot, lexeme.Places);
    }

    public void Remove(string jid)
    {
        if (SlotOf.Remove(jid, out var slot))
            GiveUp(slot);
    }

    /// <summary>New words and addresses take their places.</summary>
    public void Settle()
    {
        _words.Settle();
        var first = _addresses.Settle();
        var slots = _addresses.Numbers;
        for (var rank = first; rank < slots.Length; rank++)
            _ranks[slots[rank]] = rank;
    }

    public MemoryContents Compact()
    {
        var packed = new MemoryContents();
        var slots = new int[Rooms.Count];
        for (var slot = 0; slot < slots.Length; slot++)
            slots[slot] = Rooms[slot] is { } room ? packed.Add(room) : -1;
        for (var term = 0; term < _texts.Count; term++)
        {
            Postings? into = null;
            for (var i = 0; i < _postings[term].Count; i++)
            {
                if (slots[Postings.SlotOf(_postings[term].Items[i])] is >= 0 and var slot)
                    (into ??= packed._postings[packed.TermOf(_texts[term])]).Add(slot, _postings[term].PlacesAt(i));
            }
        }
        packed.Settle();
        return packed;
    }

    public string[] GetWords() => [.. _texts];

    public Postings? PostingsOf(string text) => _terms.TryGetValue(text, out var term) ? _postings[term] : null;

    /// <summary>All words that begin so, for <see cref="PostingsAt"/>.</summary>
    public ReadOnlySpan<int> TermsFrom(string start) => _words.StartingWith(start);

    public Postings PostingsAt(int term) => _postings[term];

    private int Add(RoomEntry room)
    {
        var slot = Rooms.Count;
        Rooms.Add(room with { Lexemes = [] });
        _jids.Add(room.Room.Jid);
        _popularity.Add(room.Popularity);
        _occupants.Add(room.Room.Occupants);
        _ranks.Add(0);
        _traits.Add(TraitsOf(room));
        AddTo(_slotsOfName, room.NameKey, slot);
        AddTo(_slotsOfLocal, room.LocalKey, slot);
        SlotOf[room.Room.Jid] = slot;
        _addresses.Add(slot);
        return slot;
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

    private int TermOf(string text)
    {
        if (_terms.TryGetValue(text, out var term))
            return term;
        term = _texts.Count;
        _terms[text] = term;
        _texts.Add(text);
        _postings.Add(new Postings());
        _words.Add(term);
        return term;
    }
}
