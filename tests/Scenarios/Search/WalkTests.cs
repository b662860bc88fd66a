using Annex.Search.Index;
using Xunit;

namespace Annex.Scenarios.Search;

/// <summary>Walking through results page by page (XEP-0059).</summary>
public sealed class WalkTests : IAsyncLifetime
{
    private SearchHost _search = null!;

    public async Task InitializeAsync() => _search = await SearchHost.StartAsync();

    public async Task DisposeAsync() => await _search.DisposeAsync();

    [Fact]
    public async Task By_address_nothing_is_missed_or_repeated_while_rooms_come_and_go()
    {
        await _search.PutAsync(Enumerable.Range(0, 300).Select(n => SearchHost.Room($"r{n * 10:D4}", occupants: n % 7)));
        var seen = new List<string>();
        string? last = null;
        for (var page = 0; ; page++)
        {
            // Beside the walk: in front of it, behind it, and a number of people that changes everywhere.
            await _search.PutAsync(
                SearchHost.Room($"a{page}"), SearchHost.Room($"r{5 + (page * 10):D4}"),
                SearchHost.Room($"r{(299 - page) * 10:D4}", occupants: 99, version: 2));
            var after = last is null ? "" : $"<after>{last}</after>";
            var reply = await _search.AskAsync(
                SearchHost.Set($"<max>20</max>{after}") + SearchHost.Form(("all", "true"),
                    ("key", "{urn:xmpp:channel-search:0:order}address")));
            var addresses = SearchHost.AddressesIn(reply);
            if (addresses.Length == 0)
                break;
            seen.AddRange(addresses);
            last = SearchHost.Text(reply, "last");
            Assert.Equal(addresses[^1], last);
        }
        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
        Assert.Empty(Enumerable.Range(0, 300).Select(n => $"r{n * 10:D4}@rooms.annex.test").Except(seen));
    }

    [Theory]
    [InlineData("{urn:xmpp:channel-search:0:order}nusers")]
    [InlineData("{urn:annex:search:0}relevance")]
    public async Task Rooms_that_tie_are_neither_lost_nor_repeated(string key)
    {
        await _search.PutAsync(Enumerable.Range(0, 1000).Select(n => SearchHost.Room(
            $"t{n:D4}", n % 3 == 0 ? "kiwi" : "", n % 3 != 0 ? "kiwi" : "", occupants: 7)));
        var seen = new List<string>();
        string? last = null;
        do
        {
            var after = last is null ? "" : $"<after>{last}</after>";
            var reply = await _search.AskAsync(
                SearchHost.Set($"<max>90</max>{after}") + SearchHost.Form(("q", "kiwi"), ("key", key)));
            seen.AddRange(SearchHost.AddressesIn(reply));
            last = SearchHost.Text(reply, "last");
        }
        while (last is not null);
        Assert.Equal(1000, seen.Count);
        Assert.Equal(1000, seen.Distinct().Count());
    }

    [Theory]
    [InlineData(SortKey.Address)]
    [InlineData(SortKey.Occupants)]
    [InlineData(SortKey.Relevance)]
    public async Task Backwards_is_the_same_list(SortKey sort)
    {
        await _search.PutAsync(Enumerable.Range(0, 100).Select(n => SearchHost.Room(
            $"b{n:D3}", n % 4 == 0 ? "emu" : "", "emu", occupants: n * 7 % 11)));
        Assert.True(SearchTerms.TryParse("emu", new SearchLimits(), out var terms, out _));
        var query = new RoomQuery { Terms = terms, Sort = sort, Limit = 100 };
        var forward = (await _search.Finder.FindAsync(query, CancellationToken.None)).Rooms.Select(r => r.Jid).ToList();
        Assert.Equal(100, forward.Count);

        var backward = new List<string>();
        var page = await _search.Finder.FindAsync(query with { Limit = 9, IsFromEnd = true }, CancellationToken.None);
        while (page.Rooms.Count > 0)
        {
            backward.InsertRange(0, page.Rooms.Select(r => r.Jid));
            var first = page.Rooms[0];
            page = await _search.Finder.FindAsync(
                query with { Limit = 9, Before = new Cursor(first.SortValue, first.Jid) }, CancellationToken.None);
        }
        Assert.Equal(forward, backward);
        var third = await _search.Finder.FindAsync(query with { Limit = 10, Offset = 20 }, CancellationToken.None);
        Assert.Equal(forward[20..30], third.Rooms.Select(r => r.Jid));
        Assert.Equal(20, third.FirstIndex);
    }

    [Fact]
    public async Task A_page_of_nothing_counts()
    {
        await _search.PutAsync(Enumerable.Range(0, 30).Select(n => SearchHost.Room($"c{n:D3}", n < 12 ? "rhea" : "")));
        var reply = await _search.AskAsync(SearchHost.Set("<max>0</max>") + SearchHost.Form(("all", "1")));
        Assert.Empty(SearchHost.AddressesIn(reply));
        Assert.Equal("30", SearchHost.Text(reply, "count"));
        reply = await _search.AskAsync(SearchHost.Set("<max>0</max>") + SearchHost.Form(("q", "rhea")));
        Assert.Equal("12", SearchHost.Text(reply, "count"));
    }

    [Fact]
    public async Task Numbers_without_measure_are_cut_and_places_that_never_were_are_not_found()
    {
        await _search.PutAsync(Enumerable.Range(0, 120).Select(n => SearchHost.Room($"d{n:D3}")));
        var reply = await _search.AskAsync(SearchHost.Set("<max>1000000000</max>") + SearchHost.Form(("all", "1")));
        Assert.Equal(100, SearchHost.AddressesIn(reply).Length);
        Assert.Equal("100", SearchHost.Text(reply, "max"));
        reply = await _search.AskAsync(SearchHost.Set("<after>nonsense</after>") + SearchHost.Form(("all", "1")));
        Assert.Equal("error", reply.Attribute("type")!.Value);
        Assert.Contains("item-not-found", reply.ToString(), StringComparison.Ordinal);
        reply = await _search.AskAsync(SearchHost.Set("<index>1000000000</index>") + SearchHost.Form(("all", "1")));
        Assert.Equal("result", reply.Attribute("type")!.Value);
    }
}
