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

    private readonly MemoryIndex.Contents _contents;
    private readonly RoomQuery _query;
    private readonly Func<string, IReadOnlyList<string>> _stems;
    private readonly byte[] _classes = new byte[16];
    private readonly PlaceOrder _order;

    public MemorySearch(MemoryIndex.Contents contents, RoomQuery query, Func<string, IReadOnlyList<string>> stems)
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
            return Collect(matches.AsSpan(0, slots));
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

    private void Or(MemoryIndex.Postings postings, Span<byte> into)
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
        var words = phrase.Select(w => (string[])[w.Text, .. _stems(w.Text)]).ToArray();
        // Only rooms with the rarest word can have it.
        var rarest = words.MinBy(w => w.Sum(t => _contents.PostingsOf(t)?.Count ?? 0))!;
        foreach (var text in rarest)
        {
            if (_contents.PostingsOf(text) is not { } postings)
                continue;
            foreach (var slot in postings.Slots)
            {
                if (into[slot] == 0 && _contents.Rooms[slot] is { } room)
                    into[slot] = ClassOf(room, words);
            }
        }
    }

    // The words side by side, and where: a phrase counts for a place if all its words stand in that place.
    private byte ClassOf(RoomEntry room, string[][] words)
    {
        byte found = 0;
        foreach (var first in PlacesOf(room, words[0]))
        {
            var weight = (byte)(1 << (first & 3));
            var classes = _classes[weight];
            for (var i = 1; i < words.Length && classes != 0; i++)
            {
                byte here = 0;
                foreach (var place in PlacesOf(room, words[i]))
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

    private static IEnumerable<ushort> PlacesOf(RoomEntry room, string[] texts)
    {
        foreach (var lexeme in room.Lexemes)
        {
            if (!texts.Contains(lexeme.Text))
                continue;
            foreach (var place in lexeme.Places)
                yield return place;
        }
    }

    private RoomPage Collect(ReadOnlySpan<byte> matches)
    {
        var wanted = _query.Limit + _query.Offset + 1;
        // The last of those that are kept is on top.
        var best = new PriorityQueue<int, Place>(wanted, _order.Reversed);
        var count = 0;
        for (var slot = NextMatch(matches, 0); slot >= 0; slot = NextMatch(matches, slot + 1))
        {
            if (_contents.Rooms[slot] is not { } room || !IsLetThrough(room))
                continue;
            count++;
            var place = new Place(ValueOf(room, matches[slot]), room.Room.Jid);
            if (!IsBeyondCursor(place))
                continue;
            if (best.Count < wanted)
                best.Enqueue(slot, place);
            else if (best.TryPeek(out _, out var last) && _order.Compare(place, last) < 0)
                best.EnqueueDequeue(slot, place);
        }
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

    private bool IsLetThrough(RoomEntry indexed)
    {
        var room = indexed.Room;
        if (room.Occupants < _query.MinOccupants || (_query.IsOpen is { } isOpen && room.IsOpen != isOpen)
            || (!_query.IncludeNsfw && room.IsNsfw)
            || (_query.Language is { } language && indexed.PrimaryLanguage != (Languages.PrimaryOf(language) ?? language)))
        {
            return false;
        }
        foreach (var tag in _query.Tags)
        {
            if (!room.Tags.Contains(tag))
                return false;
        }
        return _query.Domain is not { } domain
            || (room.Jid.EndsWith(domain, StringComparison.Ordinal) && room.Jid[^(domain.Length + 1)] == '@');
    }

    private int ValueOf(RoomEntry room, byte match) => _query.Sort switch
    {
        SortKey.Address => 0,
        SortKey.Occupants => room.Room.Occupants,
        _ => room.Popularity + ScoreOf(room, match),
    };

    // As FindStatement.Places orders them.
    private int ScoreOf(RoomEntry room, byte match)
    {
        var (fields, key) = (_query.Fields, _query.Terms!.Key);
        if ((fields.HasFlag(SearchFields.Name) && room.NameKey == key)
            || (fields.HasFlag(SearchFields.Address) && room.LocalKey == key))
        {
            return Relevance.Exact;
        }
        if ((match & InName) != 0 && fields.HasFlag(SearchFields.Name))
            return Relevance.InName;
        return (match & InAddressOrTags) != 0 || !fields.HasFlag(SearchFields.Description)
            ? Relevance.InAddressOrTags : Relevance.Anywhere;
    }

    private bool IsBeyondCursor(Place place)
    {
        if ((_query.After ?? _query.Before) is not { } cursor)
            return true;
        // The order goes the way of the walk, whichever that is.
        return _order.Compare(place, new Place(cursor.Key, cursor.Jid)) > 0;
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

        public int Compare(Place x, Place y)
        {
            var order = y.Value.CompareTo(x.Value);
            if (order == 0)
                order = CompareOctets(x.Jid, y.Jid);
            return _isBackward ? -order : order;
        }

        // UTF-16 orders as UTF-8 does, except that surrogates stand before U+E000 to U+FFFF instead of after.
        private static int CompareOctets(string x, string y)
        {
            var length = Math.Min(x.Length, y.Length);
            for (var i = 0; i < length; i++)
            {
                var (a, b) = (x[i], y[i]);
                if (a == b)
                    continue;
                var (aIsHigh, bIsHigh) = (char.IsSurrogate(a), char.IsSurrogate(b));
                return aIsHigh == bIsHigh ? a.CompareTo(b) : aIsHigh && b >= '\ue000' ? 1 : bIsHigh && a >= '\ue000' ? -1 : a.CompareTo(b);
            }
            return x.Length.CompareTo(y.Length);
        }
    }
}
