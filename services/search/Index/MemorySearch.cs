using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Annex.Search.Index;

/// <summary>One query over the rooms in memory.</summary>
internal sealed class MemorySearch
{
    // A query's match in a room, as bits: every word in the name; in the name, address or tags; anywhere that was asked for.
    private const byte InName = 1;
    private const byte InAddressOrTags = 2;
    private const byte Anywhere = 4;

    // Set last: the name, or the address up to its @, is the query.
    private const byte IsExact = 8;

    private const byte NameWeight = 8;
    private const byte AddressWeight = 4;
    private const byte DescriptionWeight = 2;
    private const byte TagWeight = 1;

    private readonly MemoryContents _contents;
    private readonly RoomQuery _query;
    private readonly Func<string, IReadOnlyList<string>> _stems;
    private readonly byte[] _classes = new byte[16];
    private readonly int[] _scores = new int[16];
    private readonly PlaceOrder _order;

    // What a room's traits have to be, and whether more has to be looked at than they tell.
    private readonly byte _traitsAsked = MemoryContents.IsPresent;
    private readonly byte _traitsWanted = MemoryContents.IsPresent;
    private readonly bool _asksMore;

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
        for (byte match = 0; match < 16; match++)
            _scores[match] = query.Sort == SortKey.Relevance ? ScoreOf(match) : 0;
        if (query.IsOpen is { } isOpen)
        {
            _traitsAsked |= MemoryContents.IsOpen;
            _traitsWanted |= isOpen ? MemoryContents.IsOpen : (byte)0;
        }
        if (!query.IncludeNsfw)
            _traitsAsked |= MemoryContents.IsNsfw;
        _asksMore = query.MinOccupants > 0 || query.Language is not null || query.Tags.Count > 0 || query.Domain is not null;
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
            // Most words are their own stem, and what begins like the word is there already.
            if (isOpen ? !stem.StartsWith(text, StringComparison.Ordinal) : stem != text)
            {
                if (_contents.PostingsOf(stem) is { } postings)
                    Or(postings, into);
            }
        }
    }

    private void Or(Postings postings, Span<byte> into)
    {
        var slots = postings.Slots;
        var weights = postings.Weights[..slots.Length];
        var classes = _classes.AsSpan();
        for (var i = 0; i < slots.Length; i++)
            into[slots[i]] |= classes[weights[i]];
    }

    private static void And(Span<byte> matches, ReadOnlySpan<byte> other)
    {
        var wide = MemoryMarshal.Cast<byte, Vector<byte>>(matches);
        var otherWide = MemoryMarshal.Cast<byte, Vector<byte>>(other);
        for (var i = 0; i < wide.Length; i++)
            wide[i] &= otherWide[i];
        for (var i = wide.Length * Vector<byte>.Count; i < matches.Length; i++)
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

    private RoomPage Collect(Span<byte> matches)
    {
        MarkExact(matches);
        var wanted = _query.Limit + _query.Offset + 1;
        // The last of those that are kept is on top.
        var best = new PriorityQueue<int, Place>(wanted, _order.Reversed);
        var values = _query.Sort == SortKey.Occupants ? _contents.Occupants : _contents.Popularity;
        var scores = _scores.AsSpan();
        var last = default(Place);
        var count = 0;
        for (var block = 0; block < matches.Length; block += BlockSize)
        {
            for (var hits = HitsIn(matches, block); hits != 0; hits &= hits - 1)
            {
                var slot = block + BitOperations.TrailingZeroCount(hits);
                if (_asksMore && !IsLetThrough(slot))
                    continue;
                count++;
                var value = values[slot] + scores[matches[slot]];
                // Whether it is too far back shows in nearly all cases without going to the room.
                var isFull = best.Count == wanted;
                if (isFull && _order.IsBehind(value, last.Value))
                    continue;
                var place = new Place(value, _contents.Rooms[slot]!.Room.Jid);
                if (!IsBeyondCursor(place))
                    continue;
                if (!isFull)
                    best.Enqueue(slot, place);
                else if (_order.Compare(place, last) < 0)
                    best.EnqueueDequeue(slot, place);
                best.TryPeek(out _, out last);
            }
        }
        return ToPage(best, wanted, count);
    }

    // In the order of addresses there is nothing to compare: the rooms are walked in it from the cursor on.
    private RoomPage WalkByAddress(ReadOnlySpan<byte> matches)
    {
        var count = 0;
        for (var block = 0; block < matches.Length; block += BlockSize)
        {
            var hits = HitsIn(matches, block);
            if (!_asksMore)
                count += BitOperations.PopCount(hits);
            else
            {
                for (; hits != 0; hits &= hits - 1)
                    count += IsLetThrough(block + BitOperations.TrailingZeroCount(hits)) ? 1 : 0;
            }
        }
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
        if ((matches[slot] & Anywhere) == 0 || (_contents.Traits[slot] & _traitsAsked) != _traitsWanted || (_asksMore && !IsLetThrough(slot)))
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

    private static int BlockSize => Vector256<byte>.Count;

    // Many at a time: the bits of those of a block that match and whose traits are as wanted.
    private uint HitsIn(ReadOnlySpan<byte> matches, int block)
    {
        var traits = _contents.Traits[block..];
        matches = matches[block..];
        if (matches.Length < BlockSize)
        {
            uint hits = 0;
            for (var i = 0; i < matches.Length; i++)
                hits |= (matches[i] & Anywhere) != 0 && (traits[i] & _traitsAsked) == _traitsWanted ? 1u << i : 0;
            return hits;
        }
        var anywhere = Vector256.Create(Anywhere);
        var found = Vector256.Equals(Vector256.Create(matches) & anywhere, anywhere);
        if (found == Vector256<byte>.Zero)
            return 0;
        return (found & Vector256.Equals(Vector256.Create(traits) & Vector256.Create(_traitsAsked), Vector256.Create(_traitsWanted)))
            .ExtractMostSignificantBits();
    }

    // What the traits do not tell.
    private bool IsLetThrough(int slot)
    {
        if (_contents.Occupants[slot] < _query.MinOccupants)
            return false;
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

    private void MarkExact(Span<byte> matches)
    {
        if (_query.Sort != SortKey.Relevance)
            return;
        if (_query.Fields.HasFlag(SearchFields.Name))
            Mark(_contents.SlotsOfName(_query.Terms!.Key), matches);
        if (_query.Fields.HasFlag(SearchFields.Address))
            Mark(_contents.SlotsOfLocal(_query.Terms!.Key), matches);
    }

    private static void Mark(IReadOnlyList<int> slots, Span<byte> matches)
    {
        for (var i = 0; i < slots.Count; i++)
            matches[slots[i]] |= IsExact;
    }

    // As FindStatement.Places orders them.
    private int ScoreOf(byte match)
    {
        if ((match & IsExact) != 0)
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
