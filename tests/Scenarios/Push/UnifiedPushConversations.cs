using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Xml.Linq;
using Annex.Scenarios.Upload;
using Annex.Testing.Scripted;
using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>Endpoints for apps on a user's device: app servers push over HTTP, the client gets it over XMPP.</summary>
public sealed class UnifiedPushConversations(PushHostFixture fixture) : IClassFixture<PushHostFixture>
{
    private static readonly XNamespace Up = "http://gultsch.de/xmpp/drafts/unified-push";
    private static int _numbers;

    private PushHost Host => fixture.Host;

    [Fact] // P15
    public async Task What_an_app_server_pushes_reaches_the_client_and_is_taken_once()
    {
        var romeo = Host.NewUser();
        var url = await RegisterAsync(Host, romeo);
        using var response = await PostAsync(Host, url, "hello"u8.ToArray(), ("TTL", "60"), ("Urgency", "high"));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("60", response.Headers.GetValues("TTL").Single());
        await ExpectPushAsync(romeo, "hello", "result");
        await Eventually.IsTrueAsync(async () => await Host.QueryAsync<long>(
            $"select count(*) from push.messages m join push.endpoints e on e.id = m.endpoint_id where e.owner = '{Replies.Bare(romeo)}'") == 0);
    }

    [Fact]
    public async Task Registering_again_keeps_the_URL_and_another_instance_has_another()
    {
        var romeo = Host.NewUser();
        var url = await RegisterAsync(Host, romeo);
        Assert.Equal(url, await RegisterAsync(Host, romeo));
        Assert.NotEqual(url, await RegisterAsync(Host, romeo, "other"));
        Assert.NotEqual(url, await RegisterAsync(Host, Host.NewUser()));
        var expiration = DateTimeOffset.Parse((await AskAsync(Host, romeo, "register")).Element(Up + "registered")!.Attribute("expiration")!.Value,
            System.Globalization.CultureInfo.InvariantCulture);
        // Clients renew within their last day: it has to be longer than that.
        Assert.True(expiration - DateTimeOffset.UtcNow > TimeSpan.FromDays(1));
    }

    [Fact] // P15
    public async Task The_limits_of_size_and_headers_hold()
    {
        var url = await RegisterAsync(Host, Host.NewUser());
        async Task<HttpStatusCode> Status(int size, params (string, string)[] headers)
        {
            using var response = await PostAsync(Host, url, new byte[size], headers);
            return response.StatusCode;
        }
        Assert.Equal(HttpStatusCode.Created, await Status(4096));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await Status(4097));
        Assert.Equal(HttpStatusCode.BadRequest, await Status(0));
        Assert.Equal(HttpStatusCode.Created, await Status(1, ("TTL", "0")));
        Assert.Equal(HttpStatusCode.BadRequest, await Status(1, ("TTL", "-1")));
        Assert.Equal(HttpStatusCode.BadRequest, await Status(1, ("TTL", "soon")));
        Assert.Equal(HttpStatusCode.BadRequest, await Status(1, ("Urgency", "extreme")));
        Assert.Equal(HttpStatusCode.BadRequest, await Status(1, ("Topic", new string('a', 33))));
        Assert.Equal(HttpStatusCode.BadRequest, await Status(1, ("Topic", "no spaces")));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await Status(1, ("Content-Encoding", "gzip")));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await Status(1, ("Content-Encoding", "deflate")));
        Assert.Equal(HttpStatusCode.Created, await Status(1, ("Content-Encoding", "aes128gcm")));
    }

    [Fact] // P15
    public async Task An_endpoint_that_was_altered_or_never_was_is_not_found_and_every_one_says_what_it_is()
    {
        var url = await RegisterAsync(Host, Host.NewUser());
        using var altered = await PostAsync(Host, url[..^1] + (url[^1] == 'A' ? 'B' : 'A'), [1]);
        Assert.Equal(HttpStatusCode.NotFound, altered.StatusCode);
        Assert.Contains("\"unifiedpush\":{\"version\":1}", await Host.Http.GetStringAsync(new Uri(url).AbsolutePath), StringComparison.Ordinal);
    }

    [Fact] // P15
    public async Task An_endpoint_ends_with_its_time()
    {
        await using var host = await PushHost.StartAsync();
        var url = await RegisterAsync(host, host.NewUser());
        host.Time.Skew = TimeSpan.FromDays(8);
        using var late = await PostAsync(host, url, [1]);
        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
    }

    [Theory] // the client does not know it any more
    [InlineData("item-not-found")]
    [InlineData("feature-not-implemented")]
    public async Task A_client_that_does_not_know_the_endpoint_ends_it_for_good(string condition)
    {
        var romeo = Host.NewUser();
        var url = await RegisterAsync(Host, romeo);
        (await PostAsync(Host, url, "x"u8.ToArray())).Dispose();
        await ExpectPushAsync(romeo, "x", "error", condition);
        await Eventually.IsTrueAsync(async () =>
        {
            using var response = await PostAsync(Host, url, [1]);
            return response.StatusCode == HttpStatusCode.NotFound;
        });
        // In the database, so in every process and after every restart.
        Assert.Equal(0, await Host.QueryAsync<long>($"select count(*) from push.endpoints where owner = '{Replies.Bare(romeo)}'"));
        Assert.NotEqual(url, await RegisterAsync(Host, romeo));
    }

    [Fact]
    public async Task What_a_client_misses_waits_for_its_directed_presence_the_latest_of_each_topic_in_order()
    {
        var romeo = Host.NewUser();
        var url = await RegisterAsync(Host, romeo);
        (await PostAsync(Host, url, "first"u8.ToArray(), ("Topic", "a"))).Dispose();
        await ExpectPushAsync(romeo, "first", "error", "service-unavailable");
        await SettleAsync(romeo);
        (await PostAsync(Host, url, "second"u8.ToArray(), ("Topic", "a"))).Dispose();
        await ExpectPushAsync(romeo, "second", "error", "service-unavailable");
        await SettleAsync(romeo);
        (await PostAsync(Host, url, "third"u8.ToArray())).Dispose();
        await ExpectPushAsync(romeo, "second", "error", "service-unavailable");
        await SettleAsync(romeo);

        // The client is back with another resource.
        var back = Host.Server.User(Replies.Bare(romeo) + "/back");
        await back.Send("<presence to='push.annex.test'/>");
        await ExpectPushAsync(back, "second", "result");
        await ExpectPushAsync(back, "third", "result");
        await back.ExpectNothing();
    }

    [Fact] // P16
    public async Task A_flood_is_cut_by_endpoint_and_by_user()
    {
        await using var host = await PushHost.StartAsync(("Push:UnifiedPush:MaxPerMinute", "3"), ("Push:UnifiedPush:MaxPerMinutePerUser", "4"));
        var romeo = host.NewUser();
        var (one, two) = (await RegisterAsync(host, romeo), await RegisterAsync(host, romeo, "other"));
        for (var i = 0; i < 3; i++) (await PostAsync(host, one, [1])).EnsureSuccessStatusCode();
        using var fourth = await PostAsync(host, one, [1]);
        Assert.Equal(HttpStatusCode.TooManyRequests, fourth.StatusCode);
        Assert.NotNull(fourth.Headers.RetryAfter);
        (await PostAsync(host, two, [1])).EnsureSuccessStatusCode();
        using var ofUser = await PostAsync(host, two, [1]);
        Assert.Equal(HttpStatusCode.TooManyRequests, ofUser.StatusCode);
    }

    [Fact] // P16
    public async Task A_body_without_an_end_is_cut()
    {
        var url = new Uri(await RegisterAsync(Host, Host.NewUser()));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Host.Http.BaseAddress!.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {url.AbsolutePath} HTTP/1.1\r\nHost: push.annex.test\r\nTransfer-Encoding: chunked\r\n\r\n"));
        var chunk = Encoding.ASCII.GetBytes("400\r\n" + new string('x', 0x400) + "\r\n");
        for (var i = 0; i < 5; i++) await stream.WriteAsync(chunk);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 413", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Theory] // P18
    [InlineData("far.test")]
    [InlineData("sub.annex.test")]
    public async Task Only_users_of_this_server_have_endpoints(string domain) =>
        Replies.AssertError(await AskAsync(Host, Host.NewUser(domain), "register"), "auth", "forbidden");

    [Fact]
    public async Task Unregistering_ends_an_endpoint()
    {
        var romeo = Host.NewUser();
        var url = await RegisterAsync(Host, romeo);
        Assert.Equal("result", (string?)(await AskAsync(Host, romeo, "unregister")).Attribute("type"));
        using var response = await PostAsync(Host, url, [1]);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task The_page_is_served_with_a_strict_policy_and_the_key_to_subscribe_with()
    {
        using var page = await Host.Http.GetAsync("/");
        page.EnsureSuccessStatusCode();
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(87, (await Host.Http.GetStringAsync("/key")).Length);
        Assert.Contains("showNotification", await Host.Http.GetStringAsync("/worker.js"), StringComparison.Ordinal);
    }

    internal static async Task<string> RegisterAsync(PushHost host, ScriptedUser user, string instance = "aW5zdGFuY2U=")
    {
        var reply = await AskAsync(host, user, "register", instance);
        var url = reply.Element(Up + "registered")?.Attribute("endpoint")?.Value;
        Assert.True(url is not null, reply.ToString());
        Assert.StartsWith("https://push.annex.test/", url, StringComparison.Ordinal);
        return url;
    }

    private static async Task<XElement> AskAsync(PushHost host, ScriptedUser user, string what, string instance = "aW5zdGFuY2U=")
    {
        await user.Send($"<iq type='set' id='u{Interlocked.Increment(ref _numbers)}' to='push.annex.test'>" +
            $"<{what} xmlns='{Up}' application='im.app' instance='{instance}'/></iq>");
        return await user.ExpectReply();
    }

    internal static async Task<HttpResponseMessage> PostAsync(PushHost host, string url, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url).AbsolutePath) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        return await host.Http.SendAsync(request);
    }

    private static async Task ExpectPushAsync(ScriptedUser user, string body, string type, string? condition = null)
    {
        var push = await user.ExpectSoon($"<iq type='set' from='push.annex.test'><push xmlns='{Up}' application='im.app' instance='...'>...</push></iq>");
        Assert.Equal(body, Encoding.UTF8.GetString(Convert.FromBase64String(push.Value)));
        var error = condition is null ? "" : $"<error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
        await user.Send($"<iq type='{type}' id='{push.Attribute("id")!.Value}' to='push.annex.test'>{error}</iq>");
    }

    /// <summary>Until the answer has been taken in: nothing is being carried to this user then.</summary>
    private Task SettleAsync(ScriptedUser user) => user.ExpectNothing();
}
