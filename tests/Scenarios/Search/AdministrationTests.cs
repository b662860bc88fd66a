using Annex.Contracts.Search.V1;
using Annex.Rpc;
using Annex.Search.Crawler;
using Annex.Search.Storage;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Scenarios.Search;

/// <summary>The index as annexctl administers it, over annex.search.v1.</summary>
public sealed class AdministrationTests : IAsyncLifetime
{
    private const string Domain = "muc.other.example";

    private SearchHost _search = null!;
    private ScriptedNetwork _network = null!;
    private SearchIndex.SearchIndexClient _index = null!;

    public async Task InitializeAsync()
    {
        _search = await SearchHost.StartAsync(
            ("Search:Crawler:RequestInterval", "1ms"), ("Search:Crawler:MaxRequestsPerSecond", "10000"),
            ("Search:Crawler:Blocked:0", "blocked.example"), ("Search:Crawler:Seeds:0", "seed.example"),
            // The loop itself rests: there is nobody for it to ask.
            ("Search:Crawler:Workers", "1"));
        _network = new ScriptedNetwork(_search.Server);
        _index = new SearchIndex.SearchIndexClient(_search.Services.GetRequiredService<RpcPeers>().Find("Search"));
    }

    public async Task DisposeAsync()
    {
        await _network.DisposeAsync();
        await _search.DisposeAsync();
    }

    [Fact]
    public async Task Rooms_are_found_page_by_page_and_one_by_one()
    {
        await _search.PutAsync(Enumerable.Range(0, 25).Select(n => SearchHost.Room($"h{n:D2}", "heron", occupants: n)));
        await _search.PutAsync(SearchHost.Room("far", "heron", domain: "rooms.example"));
        var seen = new List<string>();
        var request = new SearchRoomsRequest { Query = "heron", Limit = 10, Domain = "rooms.annex.test" };
        do
        {
            var page = await _index.SearchRoomsAsync(request);
            seen.AddRange(page.Rooms.Select(r => r.Jid));
            request.After = page.Next;
        }
        while (request.After.Length > 0);
        Assert.Equal(25, seen.Distinct().Count());
        Assert.Equal("h24@rooms.annex.test", seen[0]);
        var room = await _index.GetRoomAsync(new GetRoomRequest { Room = "h24@rooms.annex.test" });
        Assert.Equal(("heron", 24, "suite", true), (room.Name, room.Occupants, room.Source, room.IsOpen));
        await FailsAsync(StatusCode.NotFound, () => _index.GetRoomAsync(new GetRoomRequest { Room = "none@rooms.annex.test" }));
        await FailsAsync(StatusCode.InvalidArgument, () => _index.SearchRoomsAsync(new SearchRoomsRequest { Query = "." }));
        await FailsAsync(StatusCode.InvalidArgument, () => _index.SearchRoomsAsync(new SearchRoomsRequest { After = "x" }));
    }

    [Fact]
    public async Task The_state_of_the_index_is_told_in_figures()
    {
        await _search.PutAsync(SearchHost.Room("s1", "gull", "#sea", 4, language: "en"), SearchHost.Room("s2", "gull", "#sea", 3));
        await _index.DelistAsync(new DelistRequest { Subject = "s2@rooms.annex.test", Reason = "spam" });
        await _index.BanDomainAsync(new BanDomainRequest { Domain = "evil.example" });
        var status = await _index.GetIndexStatusAsync(new GetIndexStatusRequest());
        Assert.Equal((2, 1, 1, 1), (status.Rooms, status.ListedRooms, status.Delisted, status.BannedDomains));
        Assert.Equal((4, 1, true, false), (status.Occupants, status.NewThisWeek, status.IsCrawling, status.HasRoomsInMemory));
        Assert.NotNull(status.LastReconciled);
        Assert.Equal(("en", 1L), (Assert.Single(status.Languages).Name, status.Languages[0].Rooms));
        Assert.Equal("sea", Assert.Single(status.Tags).Name);
    }

    [Fact]
    public async Task A_room_is_taken_out_with_a_reason_and_brought_back()
    {
        await _search.PutAsync(SearchHost.Room("out", "stork"));
        var delisting = await _index.DelistAsync(new DelistRequest { Subject = "out@rooms.annex.test", Reason = "spam" });
        Assert.Equal(("out@rooms.annex.test", "spam", "operator"), (delisting.Subject, delisting.Reason, delisting.By));
        Assert.Equal("", await _search.FindAsync("stork"));
        var why = await ExplainAsync("out@rooms.annex.test");
        Assert.False(why.IsListed);
        Assert.Contains("taken out by an operator", Assert.Single(why.Reasons), StringComparison.Ordinal);
        Assert.Equal("stork", why.Indexed.Name);
        Assert.Equal("out@rooms.annex.test", Assert.Single(await ReadAsync(_index.ListDelisted(new ListDelistedRequest()))).Subject);
        await _index.RelistAsync(new RelistRequest { Subject = "out@rooms.annex.test" });
        Assert.Equal("out", await _search.FindAsync("stork"));
        await FailsAsync(StatusCode.NotFound, () => _index.RelistAsync(new RelistRequest { Subject = "out@rooms.annex.test" }));
        await FailsAsync(StatusCode.InvalidArgument, () => _index.DelistAsync(new DelistRequest { Subject = "a@b/c" }));
    }

    [Fact]
    public async Task An_owner_does_not_make_an_operator_s_word_his_own()
    {
        await _search.PutAsync(SearchHost.Room("both", "egret"));
        var delistings = _search.Services.GetRequiredService<DelistingStore>();
        await delistings.AddAsync("both@rooms.annex.test", DelistingStore.Operator, "spam", CancellationToken.None);
        await delistings.AddAsync("both@rooms.annex.test", DelistingStore.Owner, null, CancellationToken.None);
        Assert.False(await delistings.RemoveAsync("both@rooms.annex.test", DelistingStore.Owner, CancellationToken.None));
        Assert.Equal("", await _search.FindAsync("egret"));
    }

    [Fact]
    public async Task Of_a_banned_domain_nothing_stays_and_nobody_asks_it_again()
    {
        _network.AddMuc(Domain, $"a@{Domain}");
        _network.AddRoom($"a@{Domain}", "bittern");
        await VisitAsync(Domain);
        Assert.Equal("a", await _search.FindAsync("bittern"));
        await _index.BanDomainAsync(new BanDomainRequest { Domain = "other.example", Reason = "spam" });
        Assert.Equal("", await _search.FindAsync("bittern"));
        await using (var kept = _search.Database.CreateCommand("select count(*) from search.rooms where name <> ''"))
            Assert.Equal(0L, await kept.ExecuteScalarAsync());
        Assert.DoesNotContain(await ReadAsync(_index.ListDomains(new ListDomainsRequest())), d => d.Domain_ == Domain);
        // Whoever names it: a seed, a server, an invitation, an operator who forgot.
        await _search.Services.GetRequiredService<DomainStore>().AddAsync(Domain, "other.example", 100, CancellationToken.None);
        Assert.DoesNotContain(await ReadAsync(_index.ListDomains(new ListDomainsRequest())), d => d.Domain_ == Domain);
        await FailsAsync(StatusCode.FailedPrecondition, () => _index.CrawlDomainAsync(new CrawlDomainRequest { Domain = Domain }));
        Assert.Contains("banned by an operator", (await ExplainAsync($"a@{Domain}")).Reasons[0], StringComparison.Ordinal);
        Assert.Equal(("other.example", "spam"), (await ReadAsync(_index.ListDomainBans(new ListDomainBansRequest())))
            .Select(b => (b.Domain, b.Reason)).Single());
        // Taking it out once more, by a weaker word, does not lift it.
        Assert.Equal("ban", (await _index.DelistAsync(new DelistRequest { Subject = "other.example" })).By);

        await _index.UnbanDomainAsync(new UnbanDomainRequest { Domain = "other.example" });
        await FailsAsync(StatusCode.NotFound, () => _index.UnbanDomainAsync(new UnbanDomainRequest { Domain = "other.example" }));
        await VisitAsync(Domain);
        Assert.Equal("a", await _search.FindAsync("bittern"));
    }

    [Fact]
    public async Task A_domain_is_visited_when_it_is_asked_for()
    {
        _network.AddMuc(Domain, $"a@{Domain}");
        _network.AddRoom($"a@{Domain}", "curlew");
        Assert.Equal(1, (await _index.CrawlDomainAsync(new CrawlDomainRequest { Domain = Domain })).Domains);
        await Eventually(async () => await _search.FindAsync("curlew") == "a");
        var domain = (await ReadAsync(_index.ListDomains(new ListDomainsRequest()))).Single(d => d.Domain_ == Domain);
        Assert.Equal(("muc", "operator", 1, false), (domain.Kind, domain.Origin, domain.Rooms, domain.IsDelisted));
        Assert.True((await _index.CrawlDomainAsync(new CrawlDomainRequest { All = true })).Domains >= 2);
        await FailsAsync(StatusCode.InvalidArgument, () => _index.CrawlDomainAsync(new CrawlDomainRequest { Domain = "a@b" }));
        await FailsAsync(StatusCode.FailedPrecondition,
            () => _index.CrawlDomainAsync(new CrawlDomainRequest { Domain = "muc.blocked.example" }));
    }

    [Fact]
    public async Task Why_a_room_is_not_listed_is_told()
    {
        await _search.PutAsync(SearchHost.Room("there", "heron"), SearchHost.Room("shy", "heron") with { IsPublic = false });
        Assert.True((await ExplainAsync("there@rooms.annex.test")).IsListed);
        Assert.Contains("hidden", Assert.Single((await ExplainAsync("shy@rooms.annex.test")).Reasons), StringComparison.Ordinal);
        Assert.Contains("never heard of it", Assert.Single((await ExplainAsync("a@new.example")).Reasons), StringComparison.Ordinal);
        Assert.Contains("Blocked", Assert.Single((await ExplainAsync("a@blocked.example")).Reasons), StringComparison.Ordinal);
        _network.AddMuc(Domain);
        await VisitAsync(Domain);
        Assert.Contains("does not list it", Assert.Single((await ExplainAsync($"a@{Domain}")).Reasons), StringComparison.Ordinal);
        await FailsAsync(StatusCode.InvalidArgument, () => _index.ExplainRoomAsync(new ExplainRoomRequest { Room = "example.org" }));
    }

    private async Task<RoomStanding> ExplainAsync(string room) => await _index.ExplainRoomAsync(new ExplainRoomRequest { Room = room });

    private async Task VisitAsync(string domain)
    {
        await _search.Services.GetRequiredService<DomainStore>().HurryAsync(domain, CancellationToken.None);
        // The loop may have it already; then its visit ends.
        await _search.Services.GetRequiredService<CrawlLoop>().VisitNextAsync(CancellationToken.None);
        await Eventually(async () => (await ReadAsync(_index.ListDomains(new ListDomainsRequest())))
            .Any(d => d.Domain_ == domain && d.LastSeen is not null));
    }

    private static Task Eventually(Func<Task<bool>> condition) => Upload.Eventually.IsTrueAsync(condition);

    private static async Task<List<T>> ReadAsync<T>(AsyncServerStreamingCall<T> call)
    {
        var all = new List<T>();
        await foreach (var item in call.ResponseStream.ReadAllAsync())
            all.Add(item);
        return all;
    }

    private static async Task FailsAsync<T>(StatusCode status, Func<AsyncUnaryCall<T>> call) =>
        Assert.Equal(status, (await Assert.ThrowsAsync<RpcException>(async () => await call())).StatusCode);
}
