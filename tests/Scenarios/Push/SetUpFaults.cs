using Annex.Push;
using Annex.Scenarios.Upload;
using Annex.Testing.Servers;
using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>What an operator can get wrong costs no user a registration, and mending it is enough (P10).</summary>
public sealed class SetUpFaults
{
    [Fact] // P12
    public async Task A_key_of_Web_Push_that_was_replaced_goes_on_signing_for_its_subscriptions_and_a_lost_one_may_be_put_back()
    {
        var (database, files) = await PlaceAsync();
        string node, secret;
        TestSubscription browser;
        await using var peer = await PushPeer.StartAsync();
        var (old, next) = (Path.Combine(files.FullName, "vapid.pem"), Path.Combine(files.FullName, "next.pem"));
        string oldKey;
        await using (var host = await PushHost.StartAsync(database, files))
        {
            browser = new TestSubscription(peer);
            (node, secret) = await host.RegisterAsync(host.Server.User("romeo@annex.test/phone"), "webpush",
                ("endpoint", browser.Endpoint), ("p256dh", browser.P256dh), ("auth", browser.Auth));
            oldKey = await host.Http.GetStringAsync("/key");
        }
        // The old file was forgotten: the server is told to wait, and the registration stands.
        await using (var host = await PushHost.StartAsync(database, files, ("Push:WebPush:KeyFiles", next)))
        {
            Assert.NotEqual(oldKey, await host.Http.GetStringAsync("/key"));
            Replies.AssertError(await host.PublishAsync(node, secret), "wait", "internal-server-error");
            Replies.AssertError(await host.PublishAsync(node, secret + "x"), "auth", "forbidden");
        }
        // Newest first, and the old one behind it.
        await using (var host = await PushHost.StartAsync(database, files, ("Push:WebPush:KeyFiles", $"{next},{old}")))
        {
            // What waited goes out by itself, under the old key.
            var (push, _) = await browser.NextAsync();
            Assert.EndsWith($"k={oldKey}", push["Authorization"], StringComparison.Ordinal);
            Assert.NotEqual(oldKey, await host.Http.GetStringAsync("/key"));
        }
        files.Delete(recursive: true);
    }

    [Fact]
    public async Task A_lost_encryption_key_unsubscribes_nobody_and_tokens_go_under_the_newest_key()
    {
        var (database, files) = await PlaceAsync();
        var keys = Path.Combine(files.FullName, "push.keys");
        string node, secret, url;
        await using (var host = await PushHost.StartAsync(database, files))
        {
            var romeo = host.Server.User("romeo@annex.test/phone");
            (node, secret) = await host.RegisterAsync(romeo, "apns", ("token", "aa01"), ("device-id", "phone"), ("app", "verona"));
            url = await UnifiedPushConversations.RegisterAsync(host, romeo);
        }
        var kept = await File.ReadAllTextAsync(keys);
        File.Delete(keys);
        await using (var host = await PushHost.StartAsync(database, files))
        {
            Replies.AssertError(await host.PublishAsync(node, secret), "wait", "internal-server-error");
            Assert.Equal(1, await host.QueryAsync<long>("select count(*) from push.registrations where gone_at is null"));
        }
        // The new key in front, the old one found again behind it.
        await File.WriteAllTextAsync(keys, await File.ReadAllTextAsync(keys) + kept);
        await using (var host = await PushHost.StartAsync(database, files))
        {
            await host.Peer.NextAsync("/3/device/aa01");
            // Closed again under the newest: from now on it alone opens them.
            var newest = Convert.ToHexStringLower(KeyFiles.Vault(keys, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)
                .Close(new Annex.Push.Registrations.PushTarget(""))[..4]);
            foreach (var (table, column) in new[] { ("registrations", "target"), ("endpoints", "token") })
            {
                await Eventually.IsTrueAsync(async () => newest == await host.QueryAsync<string>(
                    $"select encode(substring({column} from 1 for 4), 'hex') from push.{table}"));
            }
            Assert.Equal(url, await UnifiedPushConversations.RegisterAsync(host, host.Server.User("romeo@annex.test/phone")));
        }
        files.Delete(recursive: true);
    }

    [Fact]
    public async Task Tokens_that_are_all_of_another_app_are_our_fault_after_a_few()
    {
        await using var host = await PushHost.StartAsync();
        var phones = new List<(string Token, string Node, string Secret)>();
        for (var i = 0; i < 30; i++)
        {
            var token = PushHost.Token();
            var (node, secret) = await host.RegisterAsync(host.NewUser(), "apns", ("token", token), ("device-id", "phone"), ("app", "verona"));
            host.Peer.Always($"/3/device/{token}", 400, """{"reason":"DeviceTokenNotForTopic"}""");
            phones.Add((token, node, secret));
        }
        foreach (var phone in phones) await host.PublishAsync(phone.Node, phone.Secret);
        Assert.Equal(10, await host.QueryAsync<long>("select count(*) from push.registrations where gone_at is null"));
        // The bundle id is mended: what waits goes out, and a dead token is dropped at once again.
        foreach (var phone in phones.Skip(20)) host.Peer.Always($"/3/device/{phone.Token}", 200);
        foreach (var phone in phones.Skip(20))
        {
            await host.Peer.NextAsync($"/3/device/{phone.Token}");
            await host.Peer.NextAsync($"/3/device/{phone.Token}");
        }
        var dead = PushHost.Token();
        host.Peer.Always($"/3/device/{dead}", 400, """{"reason":"BadDeviceToken"}""");
        var (deadNode, deadSecret) = await host.RegisterAsync(host.NewUser(), "apns", ("token", dead), ("device-id", "phone"), ("app", "verona"));
        Replies.AssertError(await host.PublishAsync(deadNode, deadSecret), "cancel", "item-not-found");
        Assert.Equal(10, await host.QueryAsync<long>("select count(*) from push.registrations where gone_at is null"));
    }

    [Fact] // a clock that is wrong, a key that is none, an account that has ended: each network's own word for it
    public async Task What_a_network_says_of_our_clock_key_or_account_is_told_as_wait_and_mended_by_itself()
    {
        await using var host = await PushHost.StartAsync();
        var token = PushHost.Token();
        var (apns, apnsSecret) = await host.RegisterAsync(host.NewUser(), "apns", ("token", token), ("device-id", "phone"), ("app", "verona"));
        var (fcm, fcmSecret) = await host.RegisterAsync(host.NewUser(), "fcm", ("token", "t"), ("android-id", "phone"));
        host.Peer.Always($"/3/device/{token}", 403, """{"reason":"ExpiredProviderToken"}""");
        host.Peer.Always("/token", 400, """{"error":"invalid_grant","error_description":"account not found"}""");
        Replies.AssertError(await host.PublishAsync(apns, apnsSecret), "wait", "internal-server-error");
        Replies.AssertError(await host.PublishAsync(fcm, fcmSecret), "wait", "internal-server-error");
        host.Peer.Always($"/3/device/{token}", 200);
        host.Peer.Always("/token", 200, """{"access_token":"a-token","expires_in":3600}""");
        await host.Peer.NextAsync("/v1/projects/capulet/messages:send");
        await Eventually.IsTrueAsync(async () => await host.QueryAsync<long>("select count(*) from push.queue where is_pending") == 0);
        Assert.Equal(2, await host.QueryAsync<long>("select count(*) from push.registrations where gone_at is null"));
    }

    [Fact] // Prosody forgets a device at the sixteenth error in a row that is not "wait", ejabberd at the first
    public async Task Twenty_publishes_while_a_network_is_away_are_all_told_to_wait_and_the_last_one_arrives()
    {
        await using var host = await PushHost.StartAsync(("Push:AllowBody", "true"), ("Push:Delivery:MinInterval", "10ms"),
            ("Push:Delivery:FirstRetry", "50ms"), ("Push:Delivery:LongestRetry", "200ms"));
        var (browser, node, secret) = await host.RegisterBrowserAsync(host.NewUser(), ("include-body", "true"));
        host.Peer.Always(browser.Path, 503);
        for (var i = 1; i <= 20; i++)
        {
            var reply = await host.PublishAsync(node, secret, body: $"message {i}");
            if ((string?)reply.Attribute("type") == "error") Replies.AssertError(reply, "wait", "remote-server-timeout");
        }
        host.Peer.Always(browser.Path, 201);
        while ((await browser.NextAsync()).Json.GetProperty("body").GetString() != "message 20") { }
    }

    private static async Task<(string Database, DirectoryInfo Files)> PlaceAsync() =>
        (await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(), Directory.CreateTempSubdirectory("annex-push-"));
}
