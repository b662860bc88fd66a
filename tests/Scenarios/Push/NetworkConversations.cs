using System.Security.Cryptography;
using Annex.Scenarios.Upload;
using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>APNs and FCM by scripted peers: HTTP/2 and the documented answers.</summary>
public sealed class NetworkConversations(PushHostFixture fixture) : IClassFixture<PushHostFixture>
{
    private const string FcmPath = "/v1/projects/capulet/messages:send";

    private PushHost Host => fixture.Host;

    [Fact] // P7: an alert rings, a background push fetches; one connection, one token for all (P11)
    public async Task APNs_gets_alerts_and_background_pushes_over_one_connection_with_one_token()
    {
        var (path, node, secret) = await RegisterPhoneAsync("verona");
        await Host.PublishAsync(node, secret);
        var alert = await Host.Peer.NextAsync(path);
        var (otherPath, otherNode, otherSecret) = await RegisterPhoneAsync("verona");
        await Host.PublishAsync(otherNode, otherSecret, body: null);
        var background = await Host.Peer.NextAsync(otherPath);

        Assert.Equal("HTTP/2", alert.Protocol);
        Assert.Equal(("alert", "10", "test.annex.verona"), (alert["apns-push-type"], alert["apns-priority"], alert["apns-topic"]));
        Assert.Equal(("background", "5"), (background["apns-push-type"], background["apns-priority"]));
        Assert.Equal(1, background.Json.GetProperty("aps").GetProperty("content-available").GetInt32());
        Assert.Equal(alert["authorization"], background["authorization"]);
        Assert.Equal(alert.Connection, background.Connection);
        Assert.DoesNotContain("New Message!", alert.Text, StringComparison.Ordinal);
    }

    [Fact] // P9
    public async Task APNs_saying_Unregistered_ends_the_registration()
    {
        var (path, node, secret) = await RegisterPhoneAsync("verona");
        Host.Peer.Always(path, 410, """{"reason":"Unregistered"}""");
        Replies.AssertError(await Host.PublishAsync(node, secret), "cancel", "item-not-found");
        Replies.AssertError(await Host.PublishAsync(node, secret), "auth", "forbidden");
    }

    [Fact] // P10: our own key at fault: wait for all, and no attempt costs a registration
    public async Task A_key_that_APNs_does_not_take_is_our_fault_and_pauses_that_app_alone()
    {
        var (path, node, secret) = await RegisterPhoneAsync("mantua");
        Host.Peer.Once(path, 403, """{"reason":"InvalidProviderToken"}""");
        Replies.AssertError(await Host.PublishAsync(node, secret), "wait", "internal-server-error");
        var (other, otherNode, otherSecret) = await RegisterPhoneAsync("verona");
        Assert.Equal("result", (string?)(await Host.PublishAsync(otherNode, otherSecret)).Attribute("type"));
        await Host.Peer.NextAsync(other);
        // The app's pause ends, and the push goes out by itself.
        await Host.Peer.NextAsync(path);
        await Host.Peer.NextAsync(path);
    }

    [Fact] // P11: the connection goes away under pushes on their way; none is lost
    public async Task A_connection_that_APNs_ends_in_flight_loses_no_push()
    {
        var phones = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RegisterPhoneAsync("verona")));
        foreach (var (path, _, _) in phones)
        {
            Host.Peer.Script(path, http =>
            {
                // Every stream of the connection ends with it, answered or not.
                http.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionLifetimeFeature>()?.Abort();
                http.Abort();
                return Task.CompletedTask;
            });
        }
        var replies = await Task.WhenAll(phones.Select(phone => Host.PublishAsync(phone.Node, phone.Secret)));
        Assert.All(replies.Where(r => (string?)r.Attribute("type") == "error"),
            r => Assert.Equal("wait", (string?)r.Elements().Last().Attribute("type")));
        foreach (var (path, _, _) in phones)
        {
            await Host.Peer.NextAsync(path);
            await Host.Peer.NextAsync(path);
        }
    }

    [Fact] // P11
    public async Task After_GOAWAY_what_is_on_its_way_is_answered_and_the_next_push_takes_a_new_connection()
    {
        var (path, node, secret) = await RegisterPhoneAsync("verona");
        Host.Peer.Script(path, async http =>
        {
            http.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionLifetimeNotificationFeature>()!.RequestClose();
            await PushPeer.AnswerAsync(http, 200, "");
        });
        Assert.Equal("result", (string?)(await Host.PublishAsync(node, secret)).Attribute("type"));
        var (otherPath, otherNode, otherSecret) = await RegisterPhoneAsync("verona");
        Assert.Equal("result", (string?)(await Host.PublishAsync(otherNode, otherSecret)).Attribute("type"));
        Assert.NotEqual((await Host.Peer.NextAsync(path)).Connection, (await Host.Peer.NextAsync(otherPath)).Connection);
    }

    [Fact] // P6, P7, and the shape that existing Android clients look for
    public async Task FCM_gets_a_data_message_with_fingerprints_only()
    {
        var romeo = Host.NewUser();
        var token = Token();
        var (node, secret) = await Host.RegisterAsync(romeo, "fcm", ("token", token), ("android-id", "phone-1"));
        Assert.Equal("result", (string?)(await Host.PublishAsync(node, secret)).Attribute("type"));
        var push = await NextFcmAsync(token);
        var message = push.Json.GetProperty("message");
        Assert.Equal("high", message.GetProperty("android").GetProperty("priority").GetString());
        var expected = Convert.ToHexStringLower(SHA1.HashData(System.Text.Encoding.UTF8.GetBytes($"{Replies.Bare(romeo)}\0phone-1")));
        var data = Assert.Single(message.GetProperty("data").EnumerateObject());
        Assert.Equal(("account", expected), (data.Name, data.Value.GetString()));
        Assert.Equal("Bearer a-token", push["Authorization"]);
    }

    [Theory] // P9, P10
    [InlineData(404, "UNREGISTERED", "cancel", "item-not-found")]
    [InlineData(403, "SENDER_ID_MISMATCH", "cancel", "item-not-found")]
    [InlineData(503, "UNAVAILABLE", "wait", "remote-server-timeout")]
    public async Task What_FCM_says_is_told_to_the_server(int status, string code, string type, string condition)
    {
        await using var host = await PushHost.StartAsync();
        var (node, secret) = await host.RegisterAsync(host.NewUser(), "fcm", ("token", Token()), ("android-id", "phone-1"));
        host.Peer.Once(FcmPath, status, $$$"""{"error":{"status":"X","details":[{"errorCode":"{{{code}}}"}]}}""");
        Replies.AssertError(await host.PublishAsync(node, secret), type, condition);
    }

    [Fact] // P10: an access token that ended early is replaced once, and nobody hears of it
    public async Task An_expired_access_token_of_FCM_is_renewed()
    {
        await using var host = await PushHost.StartAsync();
        var (node, secret) = await host.RegisterAsync(host.NewUser(), "fcm", ("token", Token()), ("android-id", "phone-1"));
        host.Peer.Once(FcmPath, 401, """{"error":{"status":"UNAUTHENTICATED"}}""");
        Assert.Equal("result", (string?)(await host.PublishAsync(node, secret)).Attribute("type"));
        Assert.Equal(2, host.Peer.Count("/token"));
    }

    [Fact] // stateless gateways' clients: the node is the token
    public async Task A_token_as_the_node_is_pushed_to_where_the_operator_has_that_app()
    {
        var token = HexToken();
        var reply = await Host.SendAsync("far.test", "s1", Stateless(token, "verona"));
        Assert.Equal("result", (string?)reply.Attribute("type"));
        var push = await Host.Peer.NextAsync($"/3/device/{token}");
        Assert.Equal("alert", push["apns-push-type"]);
        // Not configured here, or not any more: no server shall forget a device for that.
        Replies.AssertError(await Host.SendAsync("far.test", "s2", Stateless(token, "nobody")), "wait", "service-unavailable");
        Host.Peer.Always($"/3/device/{token}", 400, """{"reason":"BadDeviceToken"}""");
        await Task.Delay(TimeSpan.FromMilliseconds(600)); // the pause between two pushes to one device, set for these tests
        Replies.AssertError(await Host.SendAsync("far.test", "s3", Stateless(token, "verona")), "cancel", "item-not-found");
    }

    [Theory] // P14
    [InlineData("../../2/other")]
    [InlineData("aa/bb")]
    [InlineData("aa&#13;&#10;x: y")]
    public async Task A_token_cannot_become_another_path_or_a_header(string token)
    {
        var reply = await Host.SendAsync("far.test", $"j{token.Length}", Stateless(token, "verona"));
        Replies.AssertError(reply, "cancel", "item-not-found");
    }

    private static string Stateless(string node, string module) =>
        $"<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='{node}'><item><notification xmlns='urn:xmpp:push:0'>" +
        "<x xmlns='jabber:x:data' type='submit'><field var='last-message-body'><value>New</value></field></x></notification></item></publish>" +
        "<publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>" +
        $"http://jabber.org/protocol/pubsub#publish-options</value></field><field var='pushModule'><value>{module}</value></field></x>" +
        "</publish-options></pubsub>";

    private async Task<(string Path, string Node, string Secret)> RegisterPhoneAsync(string app)
    {
        var token = HexToken();
        var (node, secret) = await Host.RegisterAsync(Host.NewUser(), "apns", ("token", token), ("device-id", "phone"), ("app", app));
        return ($"/3/device/{token}", node, secret);
    }

    private async Task<ReceivedPush> NextFcmAsync(string token)
    {
        while (true)
        {
            var push = await Host.Peer.NextAsync(FcmPath);
            if (push.Json.GetProperty("message").GetProperty("token").GetString() == token) return push;
        }
    }

    private static string Token() => $"fcm:{Guid.NewGuid():N}";

    private static string HexToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
