using System.Security.Cryptography;
using System.Xml.Linq;
using Annex.Search.Crawler;
using Annex.Search.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Scenarios.Search;

/// <summary>Rooms of other services: found politely, and nothing costs more than the service's own listing.</summary>
public sealed class CrawlTests : IAsyncLifetime
{
    private const string Domain = "muc.other.example";

    private SearchHost _search = null!;
    private ScriptedNetwork _network = null!;

    public async Task InitializeAsync()
    {
        // Without seeds the loop rests; the tests visit by themselves.
        _search = await SearchHost.StartAsync(
            ("Search:Crawler:RequestInterval", "1ms"), ("Search:Crawler:MaxRequestsPerSecond", "10000"),
            ("Search:Crawler:RequestTimeout", "1s"), ("Search:Crawler:MaxRoomsPerDomain", "500"),
            ("Search:Crawler:Blocked:0", "blocked.example"), ("Search:AbuseContact", "mailto:abuse@annex.test"));
        _network = new ScriptedNetwork(_search.Server);
    }

    public async Task DisposeAsync()
    {
        await _network.DisposeAsync();
        await _search.DisposeAsync();
    }

    [Fact]
    public async Task Public_open_persistent_rooms_are_listed_and_others_are_not()
    {
        _network.AddMuc(Domain, $"a@{Domain}", $"b@{Domain}", $"c@{Domain}", $"d@{Domain}", $"e@{Domain}", $"f@{Domain}", $"g@{Domain}");
        _network.AddRoom($"a@{Domain}", "Puffin", description: "birds #sea", occupants: 9);
        _network.AddRoom($"b@{Domain}", "Puffin", features: "muc_hidden muc_persistent muc_open");
        _network.AddRoom($"c@{Domain}", "Puffin", features: "muc_public muc_temporary muc_open");
        _network.AddRoom($"d@{Domain}", "Puffin", features: "muc_public muc_persistent muc_membersonly");
        _network.AddRoom($"e@{Domain}", "Puffin", features: "muc_public muc_persistent muc_open muc_passwordprotected");
        _network.AddRoom($"f@{Domain}", "Puffin", description: "not for you #unlisted");
        _network.AddRoom($"g@{Domain}", "Puffin", features: "muc_public muc_persistent muc_open urn:annex:search:0#unlisted");
        await VisitAsync();
        Assert.Equal("a", await _search.FindAsync("puffin"));
        Assert.Equal("a", await _search.FindAsync("puffin", q => q with { Tags = ["sea"], MinOccupants = 9 }));
        // It changes its mind.
        _network.AddRoom($"a@{Domain}", "Puffin", features: "muc_hidden muc_persistent muc_open");
        await VisitAsync();
        Assert.Equal("", await _search.FindAsync("puffin"));
    }

    [Fact]
    public async Task Pages_are_walked_to_their_end()
    {
        var rooms = Enumerable.Range(0, 250).Select(n => $"p{n:D3}@{Domain}").ToArray();
        _network.AddMuc(Domain);
        _network.Answers[$"{ScriptedNetwork.Items} {Domain}"] = query => Page(query, rooms);
        foreach (var room in rooms)
            _network.AddRoom(room, "paged");
        await VisitAsync();
        Assert.Equal(250, await CountAsync("is_listed"));
        // One thing at a time: no question before the answer to the last is in, which the pump's order shows.
        Assert.Equal(3, _network.Asked.Count(a => a.StartsWith(ScriptedNetwork.Items, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_service_gets_no_more_than_its_own_listing()
    {
        _network.AddMuc(Domain, $"own@{Domain}", "victim@muc.elsewhere.example", $"{Domain}", $"own@{Domain}/resource",
            "@", $"own@sub.{Domain}");
        _network.AddRoom($"own@{Domain}", "own");
        _network.AddRoom("victim@muc.elsewhere.example", "stolen");
        await VisitAsync();
        Assert.Equal("own", await _search.FindAsync("own"));
        Assert.Equal(1, await CountAsync("true"));
        Assert.DoesNotContain(_network.Asked, a => a.Contains("elsewhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Paging_without_end_and_lists_without_measure_end()
    {
        _network.AddMuc(Domain);
        var n = 0;
        _network.Answers[$"{ScriptedNetwork.Items} {Domain}"] = _ =>
            $"<query xmlns='{ScriptedNetwork.Items}'>" +
            string.Concat(Enumerable.Range(0, 100).Select(_ => $"<item jid='r{n++}@{Domain}'/>")) +
            $"<set xmlns='{SearchHost.Rsm}'><first>x</first><last>l{n}</last><count>1000000</count></set></query>";
        await VisitAsync();
        // The limit of this test is 500 rooms.
        Assert.Equal(500, n);
        _network.Asked.Clear();
        _network.Answers[$"{ScriptedNetwork.Items} {Domain}"] = _ =>
            $"<query xmlns='{ScriptedNetwork.Items}'><item jid='same@{Domain}'/>" +
            $"<set xmlns='{SearchHost.Rsm}'><first>x</first><last>always</last></set></query>";
        await VisitAsync();
        Assert.Equal(2, _network.Asked.Count(a => a.StartsWith(ScriptedNetwork.Items, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Text_without_measure_is_cut()
    {
        _network.AddMuc(Domain, $"long@{Domain}");
        _network.AddRoom($"long@{Domain}", new string('n', 5000), description: "start " + string.Concat(Enumerable.Repeat("word ", 1000)),
            occupants: 1_000_000_000);
        await VisitAsync();
        var room = await _search.Finder.GetAsync($"long@{Domain}", CancellationToken.None);
        Assert.Equal((255, 1024, 5000), (room!.Name.Length, room.Description.Length, room.Occupants));
    }

    [Theory]
    [InlineData("deep")]
    [InlineData("long")]
    [InlineData("wide")]
    public async Task An_answer_beyond_all_measure_does_not_end_the_link_for_all(string kind)
    {
        _network.AddMuc(Domain, $"bad@{Domain}", $"good@{Domain}");
        var content = kind switch
        {
            "deep" => string.Concat(Enumerable.Repeat("<a>", 20_000)) + string.Concat(Enumerable.Repeat("</a>", 20_000)),
            "wide" => $"<a {string.Concat(Enumerable.Range(0, 20_000).Select(n => $"a{n}='' "))}/>",
            _ => $"<a>{new string('x', 5_000_000)}</a>",
        };
        _network.Answers[$"{ScriptedNetwork.Info} bad@{Domain}"] = _ => $"<query xmlns='{ScriptedNetwork.Info}'>{content}</query>";
        _network.AddRoom($"good@{Domain}", "petrel");
        await VisitAsync();
        Assert.Equal("good", await _search.FindAsync("petrel"));
        Assert.Equal(1, await CountAsync("true"));
        // It is the stream of the beginning.
        Assert.Equal("result", (await _search.AskAsync("")).Attribute("type")!.Value);
    }

    [Fact]
    public async Task What_has_too_much_to_do_is_left_alone_for_longer_and_longer()
    {
        _network.AddMuc(Domain, $"a@{Domain}", $"b@{Domain}");
        foreach (var room in new[] { "a", "b" })
            _network.Answers[$"{ScriptedNetwork.Info} {room}@{Domain}"] = _ => ScriptedNetwork.Error("wait", "resource-constraint");
        await VisitAsync();
        Assert.Single(_network.Asked, a => a.Contains('@', StringComparison.Ordinal));
        var first = await PauseAsync();
        await VisitAsync();
        Assert.True(await PauseAsync() > first * 1.5);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_asked_no_more()
    {
        _network.AddMuc(Domain, [.. Enumerable.Range(0, 20).Select(n => $"s{n}@{Domain}")]);
        foreach (var n in Enumerable.Range(0, 20))
            _network.Answers[$"{ScriptedNetwork.Info} s{n}@{Domain}"] = _ => null;
        await VisitAsync();
        Assert.Equal(3, _network.Asked.Count(a => a.Contains('@', StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("gateway", "irc", "")]
    [InlineData("conference", "irc", "http://jabber.org/protocol/muc")]
    [InlineData("conference", "text", "http://jabber.org/protocol/muc urn:annex:search:0#unlisted")]
    [InlineData("pubsub", "service", "")]
    public async Task Gateways_and_services_that_ask_for_it_are_not_listed(string category, string type, string features)
    {
        _network.AddMuc(Domain, $"a@{Domain}");
        _network.AddRoom($"a@{Domain}", "gnu");
        await VisitAsync();
        Assert.Equal("a", await _search.FindAsync("gnu"));
        _network.Answers[$"{ScriptedNetwork.Info} {Domain}"] = _ => ScriptedNetwork.Service(category, type, features.Split(' '));
        _network.Asked.Clear();
        await VisitAsync();
        Assert.Single(_network.Asked);
        if (category != "pubsub")
            Assert.Equal("", await _search.FindAsync("gnu"));
    }

    [Fact]
    public async Task Blocked_and_delisted_domains_are_not_even_asked()
    {
        await VisitAsync("muc.blocked.example");
        await _search.Services.GetRequiredService<DelistingStore>().AddAsync("other.example", "operator", null, CancellationToken.None);
        await VisitAsync();
        Assert.Empty(_network.Asked);
    }

    [Fact]
    public async Task A_server_names_its_own_services_and_nobody_else_s()
    {
        _network.Answers[$"{ScriptedNetwork.Info} other.example"] = _ => ScriptedNetwork.Service("server", "im");
        _network.Answers[$"{ScriptedNetwork.Items} other.example"] = _ =>
            $"<query xmlns='{ScriptedNetwork.Items}'><item jid='{Domain}'/><item jid='muc.victim.example'/><item jid='x@other.example'/></query>";
        await VisitAsync("other.example");
        Assert.Equal([Domain, "other.example"], await DomainsAsync());
    }

    [Fact]
    public async Task A_room_that_moved_is_followed_within_its_service()
    {
        _network.AddMuc(Domain, $"old@{Domain}", $"away@{Domain}");
        _network.Answers[$"{ScriptedNetwork.Info} old@{Domain}"] =
            _ => ScriptedNetwork.Error("cancel", "gone", $"xmpp:new@{Domain}?join");
        _network.Answers[$"{ScriptedNetwork.Info} away@{Domain}"] =
            _ => ScriptedNetwork.Error("cancel", "gone", "xmpp:x@muc.victim.example?join");
        _network.AddRoom($"new@{Domain}", "moved");
        await VisitAsync();
        Assert.Equal("new", await _search.FindAsync("moved"));
        Assert.DoesNotContain(_network.Asked, a => a.Contains("victim", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_room_delisted_stays_out_whatever_the_crawler_sees()
    {
        _network.AddMuc(Domain, $"a@{Domain}");
        _network.AddRoom($"a@{Domain}", "yak");
        await VisitAsync();
        var delistings = _search.Services.GetRequiredService<DelistingStore>();
        await Task.WhenAll(VisitAsync(), delistings.AddAsync($"a@{Domain}", "owner", null, CancellationToken.None));
        await VisitAsync();
        Assert.Equal("", await _search.FindAsync("yak"));
        Assert.True(await delistings.RemoveAsync($"a@{Domain}", null, CancellationToken.None));
        Assert.Equal("a", await _search.FindAsync("yak"));
    }

    [Fact]
    public async Task Rooms_and_services_that_are_not_seen_any_more_are_forgotten()
    {
        _network.AddMuc(Domain, $"a@{Domain}");
        _network.AddRoom($"a@{Domain}", "tern");
        await VisitAsync();
        await using (var past = _search.Database.CreateCommand("update search.rooms set last_seen = last_seen - interval '3 days'"))
            await past.ExecuteNonQueryAsync();
        await using (var past = _search.Database.CreateCommand("update search.domains set last_seen = last_seen - interval '8 days'"))
            await past.ExecuteNonQueryAsync();
        await _search.Services.GetRequiredService<CrawlLoop>().MaintainAsync(CancellationToken.None);
        Assert.Equal("", await _search.FindAsync("tern"));
        Assert.Empty(await DomainsAsync());
    }

    [Fact]
    public async Task Pictures_are_kept_without_anything_but_the_picture()
    {
        var png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
        // What comes after the end goes.
        byte[] original = [.. png, .. "<script>alert(1)</script>"u8];
        var svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray();
        foreach (var (room, bytes, announced) in new[] { ("good", original, original), ("svg", svg, svg), ("other", png, svg) })
        {
            await _search.PutAsync(SearchHost.Room(room, room) with { AvatarHash = HashOf(announced) });
            _network.Answers[$"vcard-temp {room}@rooms.annex.test"] = _ =>
                $"<vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>{Convert.ToBase64String(bytes)}</BINVAL></PHOTO></vCard>";
        }
        Assert.Equal(3, await _search.Services.GetRequiredService<AvatarLoop>().FetchMissingAsync(CancellationToken.None));
        Assert.Equal(0, await _search.Services.GetRequiredService<AvatarLoop>().FetchMissingAsync(CancellationToken.None));
        using var picture = await _search.Http.GetAsync("/avatar/v1/good@rooms.annex.test");
        Assert.Equal(png, await picture.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/png", picture.Content.Headers.ContentType!.MediaType);
        Assert.Contains("sandbox", picture.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        foreach (var none in new[] { "svg", "other" })
            Assert.Equal(404, (int)(await _search.Http.GetAsync($"/avatar/v1/{none}@rooms.annex.test")).StatusCode);
    }

    [Fact]
    public async Task The_crawler_says_whom_to_write_to()
    {
        var user = _search.NewUser("other.example");
        await user.Send($"<iq type='get' id='d' to='{_search.Server.Component}'><query xmlns='{ScriptedNetwork.Info}'/></iq>");
        Assert.Contains("mailto:abuse@annex.test", (await user.ExpectReply()).ToString(), StringComparison.Ordinal);
        await user.Send($"<iq type='get' id='v' to='{_search.Server.Component}'><query xmlns='jabber:iq:version'/></iq>");
        Assert.Contains("Annex Search", (await user.ExpectReply()).ToString(), StringComparison.Ordinal);
    }

    private async Task VisitAsync(string domain = Domain)
    {
        await _search.Services.GetRequiredService<DomainStore>().HurryAsync(domain, CancellationToken.None);
        Assert.True(await _search.Services.GetRequiredService<CrawlLoop>().VisitNextAsync(CancellationToken.None));
    }

    private async Task<long> CountAsync(string condition)
    {
        await using var command = _search.Database.CreateCommand($"select count(*) from search.rooms where {condition}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<TimeSpan> PauseAsync()
    {
        await using var command = _search.Database.CreateCommand($"select next_visit - now() from search.domains where domain = '{Domain}'");
        return (TimeSpan)(await command.ExecuteScalarAsync())!;
    }

    private async Task<string[]> DomainsAsync()
    {
        await using var command = _search.Database.CreateCommand(
            "select coalesce(array_agg(domain order by domain), '{}') from search.domains");
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    private static string Page(XElement query, string[] rooms)
    {
        XNamespace rsm = SearchHost.Rsm;
        var set = query.Element(rsm + "set")!;
        var after = set.Element(rsm + "after")?.Value;
        var max = int.Parse(set.Element(rsm + "max")!.Value, System.Globalization.CultureInfo.InvariantCulture);
        var page = rooms.Where(r => after is null || string.CompareOrdinal(r, after) > 0).Take(max).ToArray();
        return $"<query xmlns='{ScriptedNetwork.Items}'>{string.Concat(page.Select(r => $"<item jid='{r}'/>"))}" +
            $"<set xmlns='{SearchHost.Rsm}'><first>{page[0]}</first><last>{page[^1]}</last><count>{rooms.Length}</count></set></query>";
    }

    private static string HashOf(byte[] bytes) =>
#pragma warning disable CA5350 // XEP-0153 has it so.
        Convert.ToHexStringLower(SHA1.HashData(bytes));
#pragma warning restore CA5350
}
