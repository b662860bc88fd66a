using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Annex.Search.Index;

/// <summary>One query over the rooms in memory.</summary>
internal sealed class MemorySearch
{
    // Beside the bits of WordMatcher, set last: the name, or the address up to its @, is the query.
    private const byte IsExact = 8;

    private readonly MemoryContents _contents;
    private readonly RoomQuery _query;
    private readonly WordMatcher _words;

    // By a room's match.
    private readonly int[] _scores = new int[16];

    // What a room's traits have to be, and whether more has to be looked at than they tell.
    private readonly byte _traitsAsked = MemoryContents.IsPresent;
    private readonly byte _traitsWanted = MemoryContents.IsPresent;
    private readonly bool _asksMore;

    public MemorySearch(MemoryContents contents, RoomQuery query, Func<string, IReadOnlyList<string>> stems)
    {
        (_contents, _query, _words) = (contents, query, new WordMatcher(contents, query, stems));
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
            _words.Match(matches.AsSpan(0, slots), word.AsSpan(0, slots));
            return Collect(matches.AsSpan(0, slots));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(matches);
            ArrayPool<byte>.Shared.Return(word);
        }
    }

    private RoomPage Collect(Span<byte> matches)
    {
        MarkExact(matches);
        var wanted = (int)Math.Min((long)_query.Limit + _query.Offset + 1, matches.Length + 1L);
        using var best = new LeastKeys(wanted);
        var values = _query.Sort switch
        {
            SortKey.Address => [],
            SortKey.Occupants => _contents.Occupants,
            _ => _contents.Popularity,
        };
        var scores = _scores.AsSpan(0, 16);
        var ranks = _contents.Ranks;
        var beyond = CursorKey();
        // Keys of a walk backwards are turned round, so that the least are the best whichever way it goes.
        var turn = _query.IsBackward ? -1L : 0;
        var count = 0;
        for (var block = 0; block < matches.Length; block += BlockSize)
        {
            for (var hits = HitsIn(matches, block); hits != 0; hits &= hits - 1)
            {
                var slot = block + BitOperations.TrailingZeroCount(hits);
                if (_asksMore && !IsLetThrough(slot))
                    continue;
                count++;
                var value = values.IsEmpty ? 0 : values[slot] + scores[matches[slot] & 15];
                var key = KeyOf(value, ranks[slot]) ^ turn;
                if (key < best.Limit && key > beyond)
                    best.Add(key);
            }
        }
        return ToPage(best.Sorted(), wanted, count);
    }

    private RoomPage ToPage(ReadOnlySpan<long> keys, int wanted, int count)
    {
        var hasMore = keys.Length == wanted;
        if (hasMore)
            keys = keys[..^1];
        keys = keys[Math.Min(_query.Offset, keys.Length)..];
        var rooms = new List<RoomHit>(keys.Length);
        foreach (var key in keys)
        {
            var (value, rank) = PlaceOf(_query.IsBackward ? ~key : key);
            rooms.Add(_contents.Rooms[_contents.SlotAt(rank)]!.Room with { SortValue = value });
        }
        if (_query.IsBackward)
            rooms.Reverse();
        int? first = rooms.Count == 0 ? null
            : _query is { After: null, IsBackward: false } ? _query.Offset
            : _query.IsFromEnd ? count - rooms.Count
            : null;
        return new RoomPage(rooms, hasMore, count, first);
    }

    // A room's place in a list as one number: greater values first, then addresses as octets. Between the ranks of two rooms
    // there is one for a cursor.
    private static long KeyOf(int value, int rank) => ((long)~value << 32) | ((uint)rank * 2 + 1);

    private static (int Value, int Rank) PlaceOf(long key) => (~(int)(key >> 32), (int)((uint)key / 2));

    // All keys beyond it are in the direction of the walk.
    private long CursorKey()
    {
        if ((_query.After ?? _query.Before) is not { } cursor)
            return long.MinValue;
        var rank = _contents.FirstRank(cursor.Jid, isAfter: !_query.IsBackward);
        var key = KeyOf(_query.Sort == SortKey.Address ? 0 : cursor.Key, rank) - 1;
        return _query.IsBackward ? ~key : key;
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
            {
                hits |= (matches[i] & WordMatcher.Anywhere) != 0 && (traits[i] & _traitsAsked) == _traitsWanted ? 1u << i : 0;
            }
            return hits;
        }
        var anywhere = Vector256.Create(WordMatcher.Anywhere);
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
        if ((match & WordMatcher.InName) != 0)
            return Relevance.InName;
        return (match & WordMatcher.InAddressOrTags) != 0 || !_query.Fields.HasFlag(SearchFields.Description)
            ? Relevance.InAddressOrTags : Relevance.Anywhere;
    }
}
