using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace Annex.Scenarios.Search;

/// <summary>The API as clients call it, and the pages.</summary>
public sealed class HttpTests(SharedSearch shared) : IClassFixture<SharedSearch>
{
    private readonly SearchHost _search = shared.Host;

    [Fact]
    public async Task Conversations_lists_rooms()
    {
        await _search.PutAsync(SearchHost.Room("biglist", "Big", "Many people", 900, language: "en"));
        // As its MuclumbusService sends it.
        using var reply = await _search.Http.GetAsync("/api/1.0/rooms/unsafe?p=1");
        using var json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
        Assert.Equal("application/json", reply.Content.Headers.ContentType!.MediaType);
        var room = json.RootElement.GetProperty("items")[0];
        Assert.Equal("biglist@rooms.annex.test", room.GetProperty("address").GetString());
        Assert.Equal("900", room.GetProperty("nusers").GetRawText());
        Assert.Equal(("Big", "Many people", "en"),
            (room.GetProperty("name").GetString(), room.GetProperty("description").GetString(), room.GetProperty("language").GetString()));
        Assert.True(room.GetProperty("is_open").GetBoolean());
        Assert.Equal(1, json.RootElement.GetProperty("page").GetInt32());
    }

    [Theory]
    [InlineData("{\"keywords\":[\"snow leopard\"]}")]
    [InlineData("{\"keywords\":[\"snow leopard\"],\"unknown\":{\"a\":[1]},\"sinname\":true}")]
    [InlineData("{\"keywords\":\"leopard\"}")]
    public async Task Conversations_searches(string body)
    {
        await _search.PutAsync(SearchHost.Room("irbis", "Friends of the snow leopard", occupants: 3));
        using var reply = await PostAsync(body);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        using var json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
        var result = json.RootElement.GetProperty("result");
        var room = Assert.Single(result.GetProperty("items").EnumerateArray());
        Assert.Equal("irbis@rooms.annex.test", room.GetProperty("address").GetString());
        Assert.Equal("3", room.GetProperty("nusers").GetRawText());
        Assert.False(result.GetProperty("more").GetBoolean());
        Assert.NotEqual(JsonValueKind.Undefined, json.RootElement.GetProperty("query").ValueKind);
    }

    [Fact]
    public async Task Gajim_searches_with_a_body_in_a_GET_and_goes_on_where_it_was()
    {
        await _search.PutAsync(Enumerable.Range(0, 130).Select(n => SearchHost.Room($"caracal{n:D3}", "Caracals", occupants: 200 - n)));
        var seen = new List<string>();
        string? last = null;
        bool more;
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/1.0/search")
            {
                Content = new StringContent($"{{\"keywords\": [\"caracals\"]{(last is null ? "" : $", \"after\": {last}")}}}", Encoding.UTF8, "application/json"),
            };
            using var reply = await _search.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            using var json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
            var result = json.RootElement.GetProperty("result");
            // What is not known is null, not missing.
            Assert.Equal(JsonValueKind.Null, result.GetProperty("items")[0].GetProperty("description").ValueKind);
            Assert.Equal(JsonValueKind.Null, result.GetProperty("items")[0].GetProperty("language").ValueKind);
            seen.AddRange(result.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("address").GetString()!));
            last = result.GetProperty("last").GetRawText();
            more = result.GetProperty("more").GetBoolean();
        }
        while (more);
        Assert.Equal(130, seen.Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("{\"keywords\":7}")]
    [InlineData("{\"keywords\":[7]}")]
    [InlineData("{\"keywords\":[[[[[[[[[[[[[]]]]]]]]]]]]]}")]
    [InlineData("{\"keywords\":[\"x\"],\"sinname\":false,\"sindescr\":false,\"sinaddr\":false}")]
    public async Task What_is_no_search_is_told_so(string body)
    {
        using var reply = await PostAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        using var json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
        Assert.Equal(JsonValueKind.String, json.RootElement.GetProperty("error").ValueKind);
    }

    [Fact]
    public async Task A_depth_bomb_and_a_long_body_cost_nothing()
    {
        using var deep = await PostAsync(new string('[', 60_000));
        Assert.Equal(HttpStatusCode.BadRequest, deep.StatusCode);
        using var longOne = await PostAsync($"{{\"keywords\":[\"{new string('x', 70_000)}\"]}}");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, longOne.StatusCode);
        using var half = await PostAsync("{\"keywords\":[\"\\ud800\"]}");
        Assert.Equal(HttpStatusCode.OK, half.StatusCode);
    }

    [Fact]
    public async Task Any_origin_may_ask()
    {
        using var get = await _search.Http.GetAsync("/api/1.0/rooms");
        Assert.Equal("*", get.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(get.Headers.Contains("Access-Control-Allow-Credentials"));
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/1.0/search");
        request.Headers.Add("Origin", "https://client.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");
        using var preflight = await _search.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Contains("POST", preflight.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        Assert.Contains("Content-Type", preflight.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_did_not_change_is_not_sent_again()
    {
        await _search.PutAsync(SearchHost.Room("etagged", "etagged"));
        using var first = await _search.Http.GetAsync("/api/1.0/rooms?after=etagge");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/1.0/rooms?after=etagge");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _search.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Long_answers_are_packed_for_who_can_unpack_them()
    {
        await _search.PutAsync(Enumerable.Range(0, 50).Select(n => SearchHost.Room($"packed{n}", new string('p', 80))));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/1.0/rooms");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var reply = await _search.Http.SendAsync(request);
        Assert.Equal(["gzip"], reply.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task Who_asks_too_often_is_told_when_to_come_back()
    {
        await using var search = await SearchHost.StartAsync(("Search:MaxRequestsPerAddress", "3"));
        HttpResponseMessage reply = null!;
        for (var i = 0; i < 4; i++)
            reply = await search.Http.GetAsync("/api/1.0/rooms");
        Assert.Equal(HttpStatusCode.TooManyRequests, reply.StatusCode);
        Assert.InRange(int.Parse(reply.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture), 1, 10);
        Assert.Equal("*", reply.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task One_IPv6_64_counts_as_one_and_an_IPv4_address_whichever_way_it_is_written()
    {
        await using var search = await SearchHost.StartAsync(
            ("Search:MaxRequestsPerAddress", "3"), ("Search:Http:TrustedProxies:0", "127.0.0.1"));
        // A burst out of one network, each from another address of it, by the API and the pages.
        Assert.Equal(HttpStatusCode.OK, await AskFromAsync("2001:db8:0:7::1", "/api/1.0/rooms"));
        Assert.Equal(HttpStatusCode.OK, await AskFromAsync("2001:db8:0:7:a:b:c:d", "/search?q=x"));
        Assert.Equal(HttpStatusCode.OK, await AskFromAsync("2001:db8:0:7:ffff::1", "/api/1.0/rooms"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskFromAsync("2001:db8:0:7:8000::2", "/api/1.0/rooms"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskFromAsync("2001:db8:0:7::1", "/"));
        // The neighbours are not affected.
        Assert.Equal(HttpStatusCode.OK, await AskFromAsync("2001:db8:0:8::1", "/api/1.0/rooms"));
        Assert.Equal(HttpStatusCode.OK, await AskFromAsync("2001:db8::1", "/api/1.0/rooms"));
        foreach (var address in (string[])["192.0.2.7", "::ffff:192.0.2.7", "192.0.2.7"])
            Assert.Equal(HttpStatusCode.OK, await AskFromAsync(address, "/api/1.0/rooms"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskFromAsync("::ffff:192.0.2.7", "/api/1.0/rooms"));
        Assert.Equal(HttpStatusCode.OK, await AskFromAsync("192.0.2.8", "/api/1.0/rooms"));

        async Task<HttpStatusCode> AskFromAsync(string address, string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Forwarded-For", address } } };
            using var reply = await search.Http.SendAsync(request);
            return reply.StatusCode;
        }
    }

    [Fact]
    public async Task Markup_stays_text_on_every_page()
    {
        const string Evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";
        await _search.PutAsync(SearchHost.Room("evil", Evil, Evil + " #a<b", occupants: 60, language: "en") with
        {
            WebChatUrl = "javascript:alert(3)",
            LogsUrl = "https://logs.example/?a=\"><script>",
        });
        foreach (var path in new[]
                 {
                     "/", "/search?q=" + Uri.EscapeDataString(Evil), "/room/evil@rooms.annex.test", "/feed.atom", "/stats",
                     "/api/1.0/badge?address=evil@rooms.annex.test", "/search?q=a&tag=" + Uri.EscapeDataString(Evil),
                     "/search?q=alert&language=" + Uri.EscapeDataString(Evil), "/docs/" + Uri.EscapeDataString(Evil),
                     "/room/" + Uri.EscapeDataString(Evil),
                 })
        {
            using var reply = await _search.Http.GetAsync(path);
            var text = await reply.Content.ReadAsStringAsync();
            Assert.DoesNotContain("<script>alert", text, StringComparison.Ordinal);
            Assert.DoesNotContain("<img src=x", text, StringComparison.Ordinal);
            Assert.DoesNotContain("javascript:", text, StringComparison.Ordinal);
            var policy = reply.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", reply.Headers.GetValues("X-Content-Type-Options").Single());
        }
        using var page = await _search.Http.GetAsync("/room/evil@rooms.annex.test");
        Assert.Contains("rel=\"nofollow noopener ugc\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_cannot_smuggle_more_into_its_link()
    {
        await _search.PutAsync(SearchHost.Room("a?message;body=x&b", "smuggler"));
        using var page = await _search.Http.GetAsync("/search?q=smuggler");
        var text = await page.Content.ReadAsStringAsync();
        Assert.Contains("href=\"xmpp:a%3Fmessage%3Bbody%3Dx%26b@rooms.annex.test?join\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_feed_and_the_description_for_browsers_are_what_they_should_be()
    {
        await _search.PutAsync(SearchHost.Room("fed", "Fed & <well>"));
        XNamespace atom = "http://www.w3.org/2005/Atom";
        var feed = XElement.Parse(await _search.Http.GetStringAsync("/feed.atom"));
        Assert.Equal(atom + "feed", feed.Name);
        Assert.NotNull(feed.Element(atom + "id"));
        Assert.NotNull(feed.Element(atom + "updated"));
        Assert.Contains(feed.Elements(atom + "entry"), e => e.Element(atom + "title")!.Value == "Fed & <well>");
        XNamespace search = "http://a9.com/-/spec/opensearch/1.1/";
        var description = XElement.Parse(await _search.Http.GetStringAsync("/meta/osd.xml"));
        Assert.Equal(search + "OpenSearchDescription", description.Name);
        Assert.InRange(description.Element(search + "ShortName")!.Value.Length, 1, 16);
        Assert.Equal("https://search.annex.test/search?q={searchTerms}",
            description.Element(search + "Url")!.Attribute("template")!.Value);
    }

    [Fact]
    public async Task A_room_that_is_not_listed_has_no_page_no_badge_and_no_picture()
    {
        await _search.PutAsync(SearchHost.Room("hidden", "hidden") with { IsPublic = false });
        foreach (var path in new[] { "/room/hidden@rooms.annex.test", "/api/1.0/badge?address=hidden@rooms.annex.test",
                     "/avatar/v1/hidden@rooms.annex.test", "/room/%20", "/room/..%2f..%2fetc" })
        {
            using var reply = await _search.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        }
    }

    [Fact]
    public async Task Pages_of_results_lead_on_without_gaps()
    {
        await _search.PutAsync(Enumerable.Range(0, 60).Select(n => SearchHost.Room($"leaf{n:D2}", "leafcutter", occupants: 5)));
        var seen = new List<string>();
        var path = "/search?q=leafcutter";
        while (path is not null)
        {
            var text = await _search.Http.GetStringAsync(path);
            seen.AddRange(System.Text.RegularExpressions.Regex.Matches(text, "<p class=\"address\">(.*?)</p>").Select(m => m.Groups[1].Value));
            var next = System.Text.RegularExpressions.Regex.Match(text, "rel=\"next\" href=\"(.*?)\"");
            path = next.Success ? WebUtility.HtmlDecode(next.Groups[1].Value) : null;
        }
        Assert.Equal(60, seen.Distinct().Count());
        Assert.Equal(60, seen.Count);
    }

    private Task<HttpResponseMessage> PostAsync(string body) =>
        _search.Http.PostAsync("/api/1.0/search", new StringContent(body, Encoding.UTF8, "application/json"));
}
