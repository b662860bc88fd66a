using System.Net;
using System.Net.Http.Json;
using Annex.Scenarios.Upload;
using Annex.Testing.Scripted;
using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>The commands of other app servers, for the clients that were written for them.</summary>
public sealed class DialectConversations(DialectHostFixture fixture) : IClassFixture<DialectHostFixture>
{
    private PushHost Host => fixture.Host;

    [Theory] // P3: type, node (the client's name for the device) and token; the answer is jid, node and secret
    [InlineData("apns", "verona")]
    [InlineData("fcm", "")]
    public async Task V1_register_push_registers_by_type_node_and_token_and_has_its_twin(string type, string app)
    {
        var romeo = Host.NewUser();
        (string, string)[] fields = [("FORM_TYPE", "https://example.org/#v1-register-push"), ("type", type), ("node", "1D2F"),
            ("app", app)];
        var first = await Host.CommandAsync(romeo, "v1-register-push", [.. fields, ("token", "aa01")]);
        var again = await Host.CommandAsync(romeo, "v1-register-push", [.. fields, ("token", "bb02")]);
        Assert.Equal(PushHost.Service, PushHost.Value(again, "jid"));
        var (node, secret) = (PushHost.Value(again, "node")!, PushHost.Value(again, "secret")!);
        Assert.Equal(PushHost.Value(first, "node"), node);
        Assert.NotEqual(PushHost.Value(first, "secret"), secret);
        Assert.Equal("result", (string?)(await Host.PublishAsync(node, secret)).Attribute("type"));
        var ended = await Host.CommandAsync(romeo, "v1-unregister-push", ("type", type), ("node", "1D2F"));
        Assert.Equal("result", (string?)ended.Attribute("type"));
        Replies.AssertError(await Host.PublishAsync(node, secret), "auth", "forbidden");
    }

    [Theory] // P3
    [InlineData("type", "smoke")]
    [InlineData("type", "")]
    [InlineData("node", "")]
    [InlineData("token", "")]
    public async Task V1_register_push_refuses_what_it_cannot_push_to(string field, string value)
    {
        var fields = new Dictionary<string, string>
        {
            ["type"] = "apns",
            ["node"] = "1D2F",
            ["token"] = "aa01",
            ["app"] = "verona",
            [field] = value,
        };
        var reply = await Host.CommandAsync(Host.NewUser(), "v1-register-push", [.. fields.Select(f => (f.Key, f.Value))]);
        Replies.AssertError(reply, "modify", "not-acceptable");
    }

    [Fact] // the dialect has no secret, so its node is all that a publish shows: from the user's own server only
    public async Task Register_device_answers_with_a_node_that_the_users_server_alone_may_publish_to()
    {
        var romeo = Host.NewUser();
        var token = PushHost.Token();
        (string, string)[] fields = [("provider", DialectHostFixture.ClientName), ("device-token", token)];
        var reply = await Host.CommandAsync(romeo, "register-device", fields);
        var node = PushHost.Value(reply, "node")!;
        Assert.True(node.Length >= 32, node);
        Assert.Equal("4096", PushHost.Value(reply, "max-payload-size"));
        Assert.Null(PushHost.Value(reply, "secret"));
        Assert.Equal(node, PushHost.Value(await Host.CommandAsync(romeo, "register-device", fields), "node"));

        Assert.Equal("result", (string?)(await PublishAsync(node, "annex.test")).Attribute("type"));
        await Host.Peer.NextAsync($"/3/device/{token}");
        Replies.AssertError(await PublishAsync(node, "far.test"), "auth", "forbidden");
        Replies.AssertError(await Host.PublishAsync(node, "guessed"), "auth", "forbidden");
        Assert.DoesNotContain(token, (await Host.CommandAsync(romeo, "my-devices")).ToString(), StringComparison.Ordinal);

        Replies.AssertError(await Host.CommandAsync(Host.NewUser(), "unregister-device", fields), "cancel", "item-not-found");
        Assert.Equal("result", (string?)(await Host.CommandAsync(romeo, "unregister-device", fields)).Attribute("type"));
        Replies.AssertError(await PublishAsync(node, "annex.test"), "auth", "forbidden");
    }

    [Fact]
    public async Task Clients_find_the_app_that_they_belong_to_in_disco_and_others_are_refused()
    {
        var romeo = Host.NewUser();
        await romeo.Send($"<iq type='get' id='d1' to='{PushHost.Service}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        Assert.Contains($"'{DialectHostFixture.ClientName}'", (await romeo.ExpectReply()).ToString().Replace('"', '\''), StringComparison.Ordinal);
        var reply = await Host.CommandAsync(romeo, "register-device", ("provider", "nobody's"), ("device-token", "aa01"));
        Replies.AssertError(reply, "modify", "not-acceptable");
    }

    [Fact] // where the account cannot be logged in to any more; every well-formed request is answered alike
    public async Task Unregister_device_over_HTTP_ends_whatever_has_this_very_token()
    {
        var romeo = Host.NewUser();
        var token = PushHost.Token();
        var reply = await Host.CommandAsync(romeo, "register-device", ("provider", DialectHostFixture.ClientName), ("device-token", token));
        var node = PushHost.Value(reply, "node")!;
        Assert.Equal(HttpStatusCode.OK, await EndAsync(romeo, PushHost.Token()));
        Assert.Equal("result", (string?)(await PublishAsync(node, "annex.test")).Attribute("type"));
        Assert.Equal(HttpStatusCode.OK, await EndAsync(romeo, token));
        Replies.AssertError(await PublishAsync(node, "annex.test"), "auth", "forbidden");
        using var malformed = await Host.Http.PostAsync("/rest/push/unregister-device/push.annex.test", new StringContent("[]"));
        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
        using var large = await Host.Http.PostAsync("/unregister-device/x", new StringContent(new string(' ', 20_000)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    private async Task<HttpStatusCode> EndAsync(ScriptedUser user, string token)
    {
        var body = new Dictionary<string, string>
        {
            ["account"] = Replies.Bare(user),
            ["provider"] = DialectHostFixture.ClientName,
            ["device-token"] = token,
        };
        using var answer = await Host.Http.PostAsJsonAsync($"/rest/push/unregister-device/{PushHost.Service}", body);
        return answer.StatusCode;
    }

    private Task<System.Xml.Linq.XElement> PublishAsync(string node, string from) =>
        Host.PublishAsync(from, node, null, "", $"n{Guid.NewGuid():N}");
}
