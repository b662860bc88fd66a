using Annex.Search.Index;
using Xunit;

namespace Annex.Search.Tests.Index;

/// <summary>The copy in memory against a list that is sorted by hand. That it answers as the database does is a scenario.</summary>
public sealed class MemoryIndexTests
{
    private static readonly string[] Words = ["ant", "anteater", "bee", "beetle", "bear", "cat", "caterpillar", "ca", "dodo", "ẞ", "é"];

    private readonly Random _random = new(11);
    private readonly Dictionary<string, RoomEntry> _rooms = new(StringComparer.Ordinal);

    [Fact]
    public void What_came_and_went_in_any_order_is_found_in_the_order_that_it_has_now()
    {
        using var index = new MemoryIndex();
        for (var round = 0; round < 60; round++)
        {
            // So many that the slots are packed anew, more than once.
            var changed = Enumerable.Range(0, 100).Select(_ => NewRoom(_random.Next(900), round)).DistinctBy(r => r.Room.Jid).ToList();
            var removed = _rooms.Keys.Order(StringComparer.Ordinal).Where(_ => _random.Next(40) == 0)
                .Except(changed.Select(r => r.Room.Jid)).ToList();
            foreach (var jid in removed)
                _rooms.Remove(jid);
            foreach (var room in changed)
                _rooms[room.Room.Jid] = room;
            index.Apply(changed, removed);
            Assert.Equal(_rooms.Count, index.Count);
            foreach (var text in (string[])["ca", "an", "be", "bear cat", "\"bear cat\"", "\"dodo dodo\"", "dodo", "nothing"])
            {
                foreach (var sort in Enum.GetValues<SortKey>())
                    CompareWalks(index, text, sort);
            }
        }
    }

    private void CompareWalks(MemoryIndex index, string text, SortKey sort)
    {
        Assert.True(SearchTerms.TryParse(text, new SearchLimits(), out var terms, out _));
        var expected = _rooms.Values.Where(r => Matches(r, text)).Select(r => (Value: ValueOf(r, text, sort), r.Room.Jid))
            .OrderByDescending(r => r.Value).ThenBy(r => r.Jid, Comparer<string>.Create(AddressOrder.Compare)).ToList();
        var query = new RoomQuery { Terms = terms, Sort = sort, Limit = 70 };
        var forward = new List<(int, string)>();
        RoomPage page;
        do
        {
            page = index.Find(forward.Count == 0 ? query : query with { After = new Cursor(forward[^1].Item1, forward[^1].Item2) }, _ => []);
            forward.AddRange(page.Rooms.Select(r => (r.SortValue, r.Jid)));
            Assert.Equal(expected.Count, page.Count);
        }
        while (page.HasMore);
        Assert.Equal(expected, forward);
        var backward = new List<(int, string)>();
        do
        {
            page = index.Find(backward.Count == 0 ? query with { IsFromEnd = true }
                : query with { Before = new Cursor(backward[0].Item1, backward[0].Item2) }, _ => []);
            backward.InsertRange(0, page.Rooms.Select(r => (r.SortValue, r.Jid)));
        }
        while (page.HasMore);
        Assert.Equal(expected, backward);
        Assert.Equal(expected.Skip(5).Take(70), index.Find(query with { Offset = 5 }, _ => []).Rooms.Select(r => (r.SortValue, r.Jid)));
        Assert.Empty(index.Find(query with { Offset = int.MaxValue }, _ => []).Rooms);
    }

    private RoomEntry NewRoom(int number, int round)
    {
        // Some keep their words and change in number alone.
        var name = string.Join(' ', Enumerable.Range(0, 1 + (number % 5)).Select(i =>
            Words[number % 3 == 0 ? (number + (i * 7)) % Words.Length : _random.Next(Words.Length)]));
        var occupants = _random.Next(6);
        var room = new RoomHit { Jid = $"{Words[number % Words.Length]}{number}@rooms.example", Name = name, Occupants = occupants };
        var places = name.Split(' ').Select((word, i) => (word, Place: (ushort)(((i + 1) << 2) | 3))).GroupBy(w => w.word);
        return new RoomEntry(room, Relevance.Popularity(occupants + round), name, "", null,
            [.. places.Select(w => new Lexeme(w.Key, [.. w.Select(p => p.Place)]))]);
    }

    private static bool Matches(RoomEntry room, string text)
    {
        if (text[0] == '"')
            return $" {room.NameKey} ".Contains($" {text.Trim('"')} ", StringComparison.Ordinal);
        var words = room.NameKey.Split(' ');
        return text.Split(' ').All(t => words.Any(w => w.StartsWith(t, StringComparison.Ordinal)));
    }

    private static int ValueOf(RoomEntry room, string text, SortKey sort) => sort switch
    {
        SortKey.Address => 0,
        SortKey.Occupants => room.Room.Occupants,
        _ => room.Popularity + (room.NameKey == text.Trim('"') ? Relevance.Exact : Relevance.InName),
    };
}
