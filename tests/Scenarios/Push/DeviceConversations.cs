using Annex.Contracts.Events;
using Annex.Scenarios.Upload;
using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>How devices come and go.</summary>
public sealed class DeviceConversations(PushHostFixture fixture) : IClassFixture<PushHostFixture>
{
    private PushHost Host => fixture.Host;

    [Theory] // P3
    [InlineData("fcm", "android-id")]
    [InlineData("fcm", "device-id")]
    [InlineData("apns", "device-id")]
    public async Task Registering_a_device_again_gives_it_its_node_a_new_secret_and_the_new_token(string provider, string device)
    {
        var romeo = Host.NewUser();
        var first = await Host.RegisterAsync(romeo, provider, [("token", "aa01"), (device, "phone"), .. App(provider)]);
        var again = await Host.RegisterAsync(romeo, provider, [("token", "bb02"), (device, "phone"), .. App(provider)]);
        var other = await Host.RegisterAsync(romeo, provider, [("token", "cc03"), (device, "tablet"), .. App(provider)]);
        Assert.Equal(first.Node, again.Node);
        Assert.NotEqual(first.Secret, again.Secret);
        Assert.NotEqual(first.Node, other.Node);
        Replies.AssertError(await Host.PublishAsync(first.Node, first.Secret), "auth", "forbidden");
        Assert.Equal("result", (string?)(await Host.PublishAsync(again.Node, again.Secret)).Attribute("type"));
        if (provider == "apns") await Host.Peer.NextAsync("/3/device/bb02");
    }

    [Theory] // P3, P13
    [InlineData("register-push-fcm", "token", "")]
    [InlineData("register-push-apns", "token", "not hexadecimal")]
    [InlineData("register-push-apns", "app", "nobody's")]
    [InlineData("register-push-webpush", "endpoint", "http://push.example/x")]
    [InlineData("register-push-webpush", "endpoint", "https://user@push.example/x")]
    [InlineData("register-push-webpush", "endpoint", "https://push.example:22/x")]
    [InlineData("register-push-webpush", "endpoint", "https://169.254.169.254/latest")]
    [InlineData("register-push-webpush", "endpoint", "https://[::ffff:10.0.0.1]/x")]
    [InlineData("register-push-webpush", "endpoint", "https://0x0a000001/x")]
    [InlineData("register-push-webpush", "p256dh", "AAAA")]
    [InlineData("register-push-unifiedpush", "endpoint", "https://192.168.1.1/x")]
    public async Task What_cannot_be_pushed_to_is_not_registered(string node, string field, string value)
    {
        var subscription = new TestSubscription(Host.Peer);
        var fields = new Dictionary<string, string>
        {
            ["token"] = "aa01",
            ["device-id"] = "phone",
            ["app"] = node.EndsWith("apns", StringComparison.Ordinal) ? "verona" : "",
            ["endpoint"] = subscription.Endpoint,
            ["p256dh"] = subscription.P256dh,
            ["auth"] = subscription.Auth,
            [field] = value,
        };
        var reply = await Host.CommandAsync(Host.NewUser(), node, [.. fields.Select(f => (f.Key, f.Value))]);
        Replies.AssertError(reply, "modify", "not-acceptable");
    }

    [Fact] // P3
    public async Task A_token_that_is_too_long_is_refused() => Replies.AssertError(
        await Host.CommandAsync(Host.NewUser(), "register-push-fcm", ("token", new string('a', 4097)), ("android-id", "x")),
        "modify", "not-acceptable");

    [Theory] // P18
    [InlineData("far.test")]
    [InlineData("sub.annex.test")]
    public async Task Strangers_register_nothing(string domain)
    {
        var reply = await Host.CommandAsync(Host.NewUser(domain), "register-push-fcm", ("token", "t"), ("android-id", "x"));
        Assert.True(Replies.IsError(reply, "forbidden"), reply.ToString());
    }

    [Fact] // P18: the twin of each registration; only one's own
    public async Task A_registration_is_ended_by_its_owner_alone()
    {
        var (romeo, tybalt) = (Host.NewUser(), Host.NewUser());
        var (_, node, secret) = await Host.RegisterBrowserAsync(romeo);
        Replies.AssertError(await Host.CommandAsync(tybalt, "unregister-push-webpush", ("node", node)), "cancel", "item-not-found");
        Assert.Equal("result", (string?)(await Host.PublishAsync(node, secret)).Attribute("type"));
        Assert.Equal("result", (string?)(await Host.CommandAsync(romeo, "unregister-push-webpush", ("node", node))).Attribute("type"));
        Replies.AssertError(await Host.PublishAsync(node, secret), "auth", "forbidden");
    }

    [Fact] // existing clients register a room with muc and end it with channel
    public async Task A_room_that_was_registered_as_muc_is_ended_as_channel()
    {
        var romeo = Host.NewUser();
        var room = await Host.RegisterAsync(romeo, "fcm", ("token", "t"), ("android-id", "phone"), ("muc", "verona@chat.annex.test"));
        var account = await Host.RegisterAsync(romeo, "fcm", ("token", "t"), ("android-id", "phone"));
        Assert.NotEqual(room.Node, account.Node);
        // The room's own service publishes there.
        Assert.Equal("result", (string?)(await Host.PublishAsync(room.Node, room.Secret, from: "chat.annex.test")).Attribute("type"));
        var reply = await Host.CommandAsync(romeo, "unregister-push-fcm", ("android-id", "phone"), ("channel", "verona@chat.annex.test"));
        Assert.Equal("result", (string?)reply.Attribute("type"));
        Replies.AssertError(await Host.PublishAsync(room.Node, room.Secret, from: "chat.annex.test"), "auth", "forbidden");
        Assert.Equal("result", (string?)(await Host.PublishAsync(account.Node, account.Secret)).Attribute("type"));
    }

    [Fact]
    public async Task My_devices_shows_the_networks_last_answer_and_test_my_push_asks_for_one()
    {
        var romeo = Host.NewUser();
        var (browser, node, _) = await Host.RegisterBrowserAsync(romeo, ("device-id", "desktop"));
        var test = await Host.CommandAsync(romeo, "test-my-push");
        Assert.Contains("delivered", test.ToString(), StringComparison.Ordinal);
        await browser.NextAsync();
        await Eventually.IsTrueAsync(async () =>
            (await Host.CommandAsync(romeo, "my-devices")).ToString() is var text
            && text.Contains("delivered", StringComparison.Ordinal) && text.Contains(node, StringComparison.Ordinal)
            && text.Contains("desktop", StringComparison.Ordinal) && !text.Contains(browser.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_has_a_limited_number_of_devices()
    {
        await using var host = await PushHost.StartAsync(("Push:MaxDevicesPerUser", "2"));
        var romeo = host.NewUser();
        await host.RegisterBrowserAsync(romeo, ("device-id", "1"));
        await host.RegisterBrowserAsync(romeo, ("device-id", "2"));
        await host.RegisterBrowserAsync(romeo, ("device-id", "2"));
        var reply = await host.CommandAsync(romeo, "register-push-fcm", ("token", "t"), ("android-id", "3"));
        Replies.AssertError(reply, "wait", "resource-constraint");
    }

    [Fact] // P19
    public async Task An_account_that_is_removed_leaves_nothing()
    {
        var romeo = Host.NewUser();
        var (_, node, secret) = await Host.RegisterBrowserAsync(romeo);
        await Host.PublishEventAsync(new AccountRemoved { Jid = Replies.Bare(romeo) });
        await Eventually.IsTrueAsync(async () => Replies.IsError(await Host.PublishAsync(node, secret), "forbidden"));
        Assert.Equal(0, await Host.QueryAsync<long>($"select count(*) from push.registrations where owner = '{Replies.Bare(romeo)}'"));
    }

    [Fact]
    public async Task Whoever_is_banned_loses_the_devices_and_registers_none_until_the_ban_is_lifted()
    {
        var tybalt = Host.NewUser();
        var (_, node, secret) = await Host.RegisterBrowserAsync(tybalt);
        await Host.PublishEventAsync(new UserBanned { Subject = Replies.Bare(tybalt) });
        await Eventually.IsTrueAsync(async () => Replies.IsError(await Host.PublishAsync(node, secret), "forbidden"));
        var reply = await Host.CommandAsync(tybalt, "register-push-fcm", ("token", "t"), ("android-id", "x"));
        Assert.True(Replies.IsError(reply, "forbidden"));
        await Host.PublishEventAsync(new UserUnbanned { Subject = Replies.Bare(tybalt) });
        await Eventually.IsTrueAsync(async () => !Replies.IsError(
            await Host.CommandAsync(tybalt, "register-push-fcm", ("token", "t"), ("android-id", "x")), "forbidden"));
    }

    private static (string, string)[] App(string provider) => provider == "apns" ? [("app", "verona")] : [];
}
