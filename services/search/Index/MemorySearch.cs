using System.Buffers;

namespace Annex.Search.Index;

/// <summary>One query over the rooms in memory.</summary>
internal sealed class MemorySearch
{
    // A query's match in a room, as bits: every word in the name; in the name, address or tags; anywhere that was asked for.
    private const byte InName = 1;
    private const byte InAddressOrTags = 2;
    private const byte Anywhere = 4;

    private const byte NameWeight = 8;
    private const byte AddressWeight = 4;
    private const byte DescriptionWeight = 2;
    private const byte TagWeight = 1;

    private readonly MemoryContents _contents;
    private readonly RoomQuery _query;
    private readonly Func<string, IReadOnlyList<string>> _stems;
    private readonly byte[] _classes = new byte[16];
    private readonly PlaceOrder _order;

    public MemorySearch(MemoryContents contents, RoomQuery query, Func<string, IReadOnlyList<string>> stems)
    {
        (_contents, _query, _stems) = (contents, query, stems);
        _order = new PlaceOrder(query.Sort, query.IsBackward);
        var fields = query.Fields;
        var name = fields.HasFlag(SearchFields.Name) ? NameWeight : (byte)0;
        var early = (byte)(name | (fields.HasFlag(SearchFields.Address) ? AddressWeight : 0) | TagWeight);
        var all = fields.HasFlag(SearchFields.Description)
            ? (byte)(early | DescriptionWeight) : (byte)(early & ~TagWeight);
        for (var weights = 0; weights < 16; weights++)
        {
            _classes[weights] = (byte)(((weights & name) != 0 ? InName : 0)
                | (fields.HasFlag(SearchFields.Description) && (weights & early) != 0 ? InAddressOrTags : 0)
                | ((weights & all) != 0 ? Anywhere : 0));
        }
    }

    public RoomPage Find()
    {
        var slots = _contents.Rooms.Count;
        var matches = ArrayPool<byte>.Shared.Rent(slots + 1);
        var word = ArrayPool<byte>.Shared.Rent(slots + 1);
        try
        {
            Match(matches.AsSpan(0, slots), word.AsSpan(0, slots));
            return _query.Sort == SortKey.Address
                ? WalkByAddress(matches.AsSpan(0, slots)) : Collect(matches.AsSpan(0, slots));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(matches);
            ArrayPool<byte>.Shared.Return(word);
        }
    }

    private void Match(Span<byte> matches, Span<byte> word)
    {
        var terms = _query.Terms!;
        for (var i = 0; i < terms.Phrases.Count; i++)
        {
            // The first is matched where the result will be, the others beside it, and what both have stays.
            var into = i == 0 ? matches : word;
            into.Clear();
            if (terms.Phrases[i].Count == 1)
                MatchWord(terms.Phrases[i][0].Text, terms.IsOpen[i], into);
            else
                MatchPhrase(terms.Phrases[i], into);
            if (i > 0)
                And(matches, word);
        }
    }

    private void MatchWord(string text, bool isOpen, Span<byte> into)
    {
        if (isOpen)
        {
            foreach (var postings in _contents.PostingsFrom(text))
                Or(postings, into);
        }
        else if (_contents.PostingsOf(text) is { } postings)
            Or(postings, into);
        foreach (var stem in _stems(text))
        {
            if (_contents.PostingsOf(stem) is { } postings)
                Or(postings, into);
        }
    }

    private void Or(Postings postings, Span<byte> into)
    {
        var slots = postings.Slots;
        var weights = postings.Weights;
        for (var i = 0; i < slots.Length; i++)
            into[slots[i]] |= _classes[weights[i]];
    }

    private static void And(Span<byte> matches, ReadOnlySpan<byte> other)
    {
        for (var i = 0; i < matches.Length; i++)
            matches[i] &= other[i];
    }

    private void MatchPhrase(IReadOnlyList<Word> phrase, Span<byte> into)
    {
        // Only rooms with the rarest word can have it.
        Postings? rarest = null;
        foreach (var word in phrase)
        {
            if (_contents.PostingsOf(word.Text) is not { } postings)
                return;
            if (rarest is null || postings.Count < rarest.Count)
                rarest = postings;
        }
        foreach (var slot in rarest!.Slots)
        {
            if (_contents.Rooms[slot] is { } room)
                into[slot] = ClassOf(room, phrase);
        }
    }

    // The words side by side, and where: a phrase counts for a place if all its words stand in that place.
    private byte ClassOf(RoomEntry room, IReadOnlyList<Word> words)
    {
        byte found = 0;
        foreach (var first in PlacesOf(room, words[0].Text))
        {
            var weight = (byte)(1 << (first & 3));
            var classes = _classes[weight];
            for (var i = 1; i < words.Count && classes != 0; i++)
            {
                byte here = 0;
                foreach (var place in PlacesOf(room, words[i].Text))
                {
                    if (place >> 2 == (first >> 2) + i)
                        here |= _classes[1 << (place & 3)];
                }
                classes &= here;
            }
            found |= classes;
        }
        return found;
    }

    private static ushort[] PlacesOf(RoomEntry room, string text)
    {
        foreach (var lexeme in room.Lexemes)
        {
            if (lexeme.Text == text)
                return lexeme.Places;
        }
        return [];
    }

    private RoomPage Collect(ReadOnlySpan<byte> matches)
    {
        var wanted = _query.Limit + _query.Offset + 1;
        // The last of those that are kept is on top.
        var best = new PriorityQueue<int, Place>(wanted, _order.Reversed);
        var exact = ExactSlots();
        var count = 0;
        for (var slot = NextMatch(matches, 0); slot >= 0; slot = NextMatch(matches, slot + 1))
        {
            if (!IsLetThrough(slot))
                continue;
            count++;
            var value = ValueOf(slot, matches[slot], exact);
            // Whether it is too far back shows in nearly all cases without going to the room.
            var isFull = best.Count == wanted;
            var last = default(Place);
            if (isFull && best.TryPeek(out _, out last) && _order.IsBehind(value, last.Value))
                continue;
            var place = new Place(value, _contents.Rooms[slot]!.Room.Jid);
            if (!IsBeyondCursor(place))
                continue;
            if (!isFull)
                best.Enqueue(slot, place);
            else if (_order.Compare(place, last) < 0)
                best.EnqueueDequeue(slot, place);
        }
        return ToPage(best, wanted, count);
    }

    // In the order of addresses there is nothing to compare: the rooms are walked in it from the cursor on.
    private RoomPage WalkByAddress(ReadOnlySpan<byte> matches)
    {
        var count = 0;
        for (var slot = NextMatch(matches, 0); slot >= 0; slot = NextMatch(matches, slot + 1))
            count += IsLetThrough(slot) ? 1 : 0;
        var wanted = _query.Limit + _query.Offset + 1;
        var best = new PriorityQueue<int, Place>(wanted, _order.Reversed);
        var sorted = _contents.SlotsByAddress;
        var cursor = (_query.After ?? _query.Before)?.Jid;
        var at = cursor is null ? (_query.IsBackward ? sorted.Length : 0)
            : _contents.FirstSlotAt(cursor, isAfter: !_query.IsBackward);
        var step = _query.IsBackward ? -1 : 1;
        for (var i = _query.IsBackward ? at - 1 : at; i >= 0 && i < sorted.Length && best.Count < wanted; i += step)
            Take(sorted[i], matches, best, wanted);
        // Those that came since the order was made compete with what was found.
        foreach (var slot in _contents.SlotsOutOfOrder)
            Take(slot, matches, best, wanted);
        return ToPage(best, wanted, count);
    }

    private void Take(int slot, ReadOnlySpan<byte> matches, PriorityQueue<int, Place> best, int wanted)
    {
        if ((matches[slot] & Anywhere) == 0 || !IsLetThrough(slot))
            return;
        var place = new Place(0, _contents.Rooms[slot]!.Room.Jid);
        if (!IsBeyondCursor(place))
            return;
        if (best.Count < wanted)
            best.Enqueue(slot, place);
        else if (best.TryPeek(out _, out var last) && _order.Compare(place, last) < 0)
            best.EnqueueDequeue(slot, place);
    }

    private RoomPage ToPage(PriorityQueue<int, Place> best, int wanted, int count)
    {
        var rooms = new List<RoomHit>(best.Count);
        while (best.TryDequeue(out var slot, out var place))
            rooms.Add(_contents.Rooms[slot]!.Room with { SortValue = place.Value });
        rooms.Reverse();
        var hasMore = rooms.Count == wanted;
        if (hasMore)
            rooms.RemoveAt(rooms.Count - 1);
        rooms.RemoveRange(0, Math.Min(_query.Offset, rooms.Count));
        if (_query.IsBackward)
            rooms.Reverse();
        int? first = rooms.Count == 0 ? null
            : _query is { After: null, IsBackward: false } ? _query.Offset
            : _query.IsFromEnd ? count - rooms.Count
            : null;
        return new RoomPage(rooms, hasMore, count, first);
    }

    // Many at a time: most rooms do not match.
    private static int NextMatch(ReadOnlySpan<byte> matches, int from)
    {
        var next = matches[from..].IndexOfAnyInRange(Anywhere, (byte)(Anywhere | InName | InAddressOrTags));
        return next < 0 ? -1 : from + next;
    }

    private bool IsLetThrough(int slot)
    {
        var traits = _contents.Traits[slot];
        if ((traits & MemoryContents.IsPresent) == 0
            || (_query.MinOccupants > 0 && _contents.Occupants[slot] < _query.MinOccupants)
            || (_query.IsOpen is { } isOpen && ((traits & MemoryContents.IsOpen) != 0) != isOpen)
            || (!_query.IncludeNsfw && (traits & MemoryContents.IsNsfw) != 0))
        {
            return false;
        }
        if (_query.Language is null && _query.Tags.Count == 0 && _query.Domain is null)
            return true;
        var room = _contents.Rooms[slot]!;
        if (_query.Language is { } language && room.PrimaryLanguage != (Languages.PrimaryOf(language) ?? language))
            return false;
        foreach (var tag in _query.Tags)
        {
            if (!room.Room.Tags.Contains(tag))
                return false;
        }
        return _query.Domain is not { } domain || (room.Room.Jid.EndsWith(domain, StringComparison.Ordinal)
            && room.Room.Jid.Length > domain.Length && room.Room.Jid[^(domain.Length + 1)] == '@');
    }

    private HashSet<int> ExactSlots()
    {
        var slots = new HashSet<int>();
        if (_query.Sort != SortKey.Relevance)
            return slots;
        if (_query.Fields.HasFlag(SearchFields.Name))
            slots.UnionWith(_contents.SlotsOfName(_query.Terms!.Key));
        if (_query.Fields.HasFlag(SearchFields.Address))
            slots.UnionWith(_contents.SlotsOfLocal(_query.Terms!.Key));
        return slots;
    }

    private int ValueOf(int slot, byte match, HashSet<int> exact) => _query.Sort switch
    {
        SortKey.Address => 0,
        SortKey.Occupants => _contents.Occupants[slot],
        _ => _contents.Popularity[slot] + ScoreOf(slot, match, exact),
    };

    // As FindStatement.Places orders them.
    private int ScoreOf(int slot, byte match, HashSet<int> exact)
    {
        if (exact.Count > 0 && exact.Contains(slot))
            return Relevance.Exact;
        if ((match & InName) != 0)
            return Relevance.InName;
        return (match & InAddressOrTags) != 0 || !_query.Fields.HasFlag(SearchFields.Description)
            ? Relevance.InAddressOrTags : Relevance.Anywhere;
    }

    private bool IsBeyondCursor(Place place)
    {
        if ((_query.After ?? _query.Before) is not { } cursor)
            return true;
        // The order goes the way of the walk, whichever that is.
        return _order.Compare(place, new Place(_query.Sort == SortKey.Address ? 0 : cursor.Key, cursor.Jid)) > 0;
    }

    private readonly record struct Place(int Value, string Jid);

    /// <summary>Greater values first (none by address), then addresses as octets; all of it the other way round for a walk
    /// backwards.</summary>
    private sealed class PlaceOrder : IComparer<Place>
    {
        private readonly bool _isBackward;

        public PlaceOrder(SortKey sort, bool isBackward)
        {
            (_, _isBackward) = (sort, isBackward);
            Reversed = Comparer<Place>.Create((x, y) => Compare(y, x));
        }

        public IComparer<Place> Reversed { get; }

        /// <summary>Behind the other whatever the addresses are.</summary>
        public bool IsBehind(int value, int other) => _isBackward ? value > other : value < other;

        public int Compare(Place x, Place y)
        {
            var order = y.Value.CompareTo(x.Value);
            if (order == 0)
                order = AddressOrder.Compare(x.Jid, y.Jid);
            return _isBackward ? -order : order;
        }
    }
}
