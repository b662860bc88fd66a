using System.Xml.Linq;
using Annex.Scenarios.Upload;
using Npgsql;
using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>What servers publish, and what they are told.</summary>
public sealed class PublishConversations(PushHostFixture fixture) : IClassFixture<PushHostFixture>
{
    private PushHost Host => fixture.Host;

    [Fact] // P1, XEP-0357 §4
    public async Task The_service_is_found_as_an_app_server()
    {
        var romeo = Host.NewUser();
        await romeo.Send("<iq type='get' id='d1' to='push.annex.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        var query = (await romeo.ExpectReply()).Elements().Single();
        Assert.Contains(query.Elements(), e => (string?)e.Attribute("category") == "pubsub" && (string?)e.Attribute("type") == "push");
        var features = query.Elements().Select(e => (string?)e.Attribute("var")).OfType<string>().ToList();
        Assert.Contains("urn:xmpp:push:0", features);
        Assert.Contains("urn:xmpp:push2:0", features);
        Assert.Contains("http://gultsch.de/xmpp/drafts/unified-push", features);
        await romeo.Send("<iq type='get' id='d2' to='push.annex.test'><query xmlns='http://jabber.org/protocol/disco#items' " +
            "node='http://jabber.org/protocol/commands'/></iq>");
        var nodes = (await romeo.ExpectReply()).Descendants().Select(e => (string?)e.Attribute("node")).ToList();
        foreach (var node in (string[])["register-push-fcm", "register-push-apns", "register-push-webpush", "unregister-push-fcm",
            "my-devices", "test-my-push"])
        {
            Assert.Contains(node, nodes);
        }
    }

    [Fact] // P1
    public async Task What_is_not_enabled_is_not_advertised()
    {
        await using var host = await PushHost.StartAsync(("Push:UnifiedPush:Enabled", "false"), ("Push:WebPush:Enabled", "false"));
        var romeo = host.NewUser();
        await romeo.Send("<iq type='get' id='d1' to='push.annex.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        var text = (await romeo.ExpectReply()).ToString();
        Assert.DoesNotContain("urn:xmpp:push2:0", text, StringComparison.Ordinal);
        Assert.DoesNotContain("unified-push", text, StringComparison.Ordinal);
    }

    [Fact] // P2, P7: as Prosody 0.12 sends it, the client's publish-options replayed
    public async Task Prosodys_publish_with_fields_without_values_rings()
    {
        var (browser, node, secret) = await Host.RegisterBrowserAsync(Host.NewUser());
        var id = new string('a', 64);
        var reply = await Host.SendAsync("annex.test", id, $"""
            <pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='{node}'><item><notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:push:summary</value></field><field var='message-count' type='text-single'><value>1</value></field><field var='pending-subscription-count' type='text-single'/><field var='last-message-sender' type='jid-single'/><field var='last-message-body' type='text-single'><value>New Message!</value></field></x></notification></item></publish><publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/pubsub#publish-options</value></field><field var='secret'><value>{secret}</value></field></x></publish-options></pubsub>
            """);
        Assert.Equal("result", (string?)reply.Attribute("type"));
        var (push, json) = await browser.NextAsync();
        Assert.Equal("high", push["Urgency"]);
        Assert.Equal("aes128gcm", push["Content-Encoding"]);
        Assert.StartsWith("vapid t=", push["Authorization"], StringComparison.Ordinal);
        Assert.Equal(["account"], json.EnumerateObject().Select(p => p.Name));
    }

    [Theory] // P2, P7: as ejabberd 23.01 sends it; P20: ids with every sign of base64 come back as they were
    [InlineData("", "normal")]
    [InlineData("<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:push:summary</value></field>"
        + "<field var='last-message-body' type='text-single' label='Body text of the last received message'><value>New message</value></field></x>", "high")]
    public async Task Ejabberds_publish_rings_only_for_a_message_and_is_never_dropped(string summary, string urgency)
    {
        var (browser, node, secret) = await Host.RegisterBrowserAsync(Host.NewUser());
        var reply = await Host.PublishAsync("annex.test", node, secret, summary, "rr-/+=" + urgency);
        Assert.Equal("result", (string?)reply.Attribute("type"));
        Assert.Equal(urgency, (await browser.NextAsync()).Push["Urgency"]);
    }

    [Fact] // P4, P5
    public async Task Whoever_may_not_publish_is_refused_and_cannot_tell_why()
    {
        var (browser, node, secret) = await Host.RegisterBrowserAsync(Host.NewUser());
        var summary = "<x xmlns='jabber:x:data' type='submit'><field var='last-message-body'><value>x</value></field></x>";
        var replies = new[]
        {
            await Host.PublishAsync("other.test", node, secret, summary, "r1"),
            await Host.PublishAsync("annex.test/resource", node, secret, summary, "r2"),
            await Host.PublishAsync("mercutio@annex.test", node, secret, summary, "r3"),
            await Host.PublishAsync("annex.test", node, "wrong", summary, "r4"),
            await Host.PublishAsync("annex.test", node, null, summary, "r5"),
            await Host.PublishAsync("annex.test", "unknown", secret, summary, "r6"),
        };
        foreach (var reply in replies) Replies.AssertError(reply, "auth", "forbidden");
        Assert.Single(replies.Select(r => r.Elements().Last().ToString()).Distinct());
        Assert.Equal("result", (string?)(await Host.PublishAsync("annex.test", node, secret, summary, "r7")).Attribute("type"));
        await browser.NextAsync();
        Assert.Equal(0, Host.Peer.Count(browser.Path));
    }

    [Fact] // P5, and nobody on a server that is set up wrongly loses a registration
    public async Task Many_refusals_of_a_domain_are_told_to_wait()
    {
        await using var host = await PushHost.StartAsync(("Push:MaxRefusalsPerMinute", "3"));
        for (var i = 0; i < 3; i++) Replies.AssertError(await host.PublishAsync("unknown", "x"), "auth", "forbidden");
        Replies.AssertError(await host.PublishAsync("unknown", "x"), "wait", "resource-constraint");
        Replies.AssertError(await host.PublishAsync("unknown", "x", from: "other.test"), "auth", "forbidden");
    }

    [Theory]
    [InlineData("<pubsub xmlns='http://jabber.org/protocol/pubsub'/>")]
    [InlineData("<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='n'><item/></publish></pubsub>")]
    [InlineData("<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish><item><notification xmlns='urn:xmpp:push:0'/></item></publish></pubsub>")]
    public async Task What_is_no_publish_of_a_notification_is_a_bad_request(string payload) =>
        Replies.AssertError(await Host.SendAsync("annex.test", $"b{payload.Length}", payload), "modify", "bad-request");

    [Fact] // P8
    public async Task A_hundred_publishes_are_a_few_pushes_and_the_last_one_is_among_them()
    {
        await using var host = await PushHost.StartAsync(("Push:AllowBody", "true"), ("Push:Delivery:MinInterval", "2s"));
        var (browser, node, secret) = await host.RegisterBrowserAsync(host.NewUser(), ("include-body", "true"));
        var replies = await Task.WhenAll(Enumerable.Range(1, 100).Select(i => host.PublishAsync(node, secret, body: $"message {i}")));
        Assert.All(replies, reply => Assert.Equal("result", (string?)reply.Attribute("type")));
        await host.PublishAsync(node, secret, body: "the last");
        var calls = 0;
        while ((await browser.NextAsync()).Json.GetProperty("body").GetString() != "the last") calls++;
        Assert.InRange(calls, 1, 10);
    }

    [Fact] // P9, XEP-0357 §8
    public async Task A_device_that_is_gone_is_told_once_and_then_unknown()
    {
        var romeo = Host.NewUser();
        var account = Host.Server.User(Replies.Bare(romeo));
        var (browser, node, secret) = await Host.RegisterBrowserAsync(romeo);
        Host.Peer.Always(browser.Path, 410);
        var error = Replies.AssertError(await Host.PublishAsync(node, secret), "cancel", "item-not-found");
        Assert.Contains("410", error.Value, StringComparison.Ordinal);
        await account.Expect($"<message from='push.annex.test'><pubsub xmlns='http://jabber.org/protocol/pubsub' node='{node}'>" +
            $"<affiliation jid='{account.Jid}' affiliation='none'/></pubsub></message>");
        Replies.AssertError(await Host.PublishAsync(node, secret), "auth", "forbidden");
        Assert.Equal(0, await Host.QueryAsync<long>($"select count(*) from push.registrations where node = '{node}'"));
    }

    [Theory] // P10: the server is told to wait, keeps the registration, and the push arrives without another publish
    [InlineData(429, "Retry-After", "1", "resource-constraint")]
    [InlineData(503, "X-None", "", "remote-server-timeout")]
    [InlineData(500, "X-None", "", "remote-server-timeout")]
    [InlineData(403, "X-None", "", "remote-server-timeout")]
    public async Task A_network_in_trouble_costs_nobody_anything(int status, string header, string value, string condition)
    {
        var (browser, node, secret) = await Host.RegisterBrowserAsync(Host.NewUser());
        Host.Peer.Once(browser.Path, status, "", (header, value));
        Replies.AssertError(await Host.PublishAsync(node, secret), "wait", condition);
        await browser.NextAsync();
        var (push, _) = await browser.NextAsync();
        Assert.Equal("high", push["Urgency"]);
        Assert.Equal(1, await Host.QueryAsync<long>($"select count(*) from push.registrations where node = '{node}' and gone_at is null"));
    }

    [Fact] // P10
    public async Task A_push_that_the_network_will_never_take_leaves_the_registration()
    {
        var (browser, node, secret) = await Host.RegisterBrowserAsync(Host.NewUser());
        Host.Peer.Once(browser.Path, 413);
        Replies.AssertError(await Host.PublishAsync(node, secret), "wait", "undefined-condition");
        await browser.NextAsync();
    }

    [Fact] // P10: nobody listens there
    public async Task A_network_that_is_away_is_told_as_wait()
    {
        var subscription = new TestSubscription(Host.Peer);
        var (node, secret) = await Host.RegisterAsync(Host.NewUser(), "webpush", ("endpoint", "http://127.0.0.1:9/x"),
            ("p256dh", subscription.P256dh), ("auth", subscription.Auth));
        Replies.AssertError(await Host.PublishAsync(node, secret), "wait", "remote-server-timeout");
    }

    [Fact] // P10: a certificate that does not verify is never the device's fault
    public async Task A_TLS_failure_is_told_as_wait()
    {
        var subscription = new TestSubscription(Host.Peer);
        var (node, secret) = await Host.RegisterAsync(Host.NewUser(), "webpush", ("endpoint", new Uri(Host.Peer.Https, "/tls").AbsoluteUri),
            ("p256dh", subscription.P256dh), ("auth", subscription.Auth));
        Replies.AssertError(await Host.PublishAsync(node, secret), "wait", "internal-server-error");
        Assert.Equal(1, await Host.QueryAsync<long>($"select count(*) from push.registrations where node = '{node}' and gone_at is null"));
        Assert.Equal(0, Host.Peer.Count("/tls"));
    }

    [Fact] // P10
    public async Task A_network_that_does_not_answer_is_told_as_wait_and_tried_again()
    {
        await using var host = await PushHost.StartAsync(("Push:Delivery:SendTimeout", "1s"));
        var (browser, node, secret) = await host.RegisterBrowserAsync(host.NewUser());
        host.Peer.Script(browser.Path, http => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        Replies.AssertError(await host.PublishAsync(node, secret), "wait", "remote-server-timeout");
        await browser.NextAsync();
        await browser.NextAsync();
    }

    [Fact] // P10: to a server a time-out and our own slowness look the same: the push is taken, and answered in time
    public async Task A_slow_network_does_not_keep_the_server_waiting()
    {
        await using var host = await PushHost.StartAsync(("Push:Delivery:AnswerWithin", "100ms"));
        var (browser, node, secret) = await host.RegisterBrowserAsync(host.NewUser());
        var release = new TaskCompletionSource();
        host.Peer.Script(browser.Path, http => release.Task);
        Assert.Equal("result", (string?)(await host.PublishAsync(node, secret)).Attribute("type"));
        release.SetResult();
        await browser.NextAsync();
    }

    [Fact]
    public async Task A_network_that_hangs_holds_up_no_other()
    {
        await using var host = await PushHost.StartAsync(("Push:Delivery:MaxInFlight", "1"), ("Push:Delivery:AnswerWithin", "100ms"));
        var (browser, node, secret) = await host.RegisterBrowserAsync(host.NewUser());
        var release = new TaskCompletionSource();
        host.Peer.Script(browser.Path, http => release.Task);
        await host.PublishAsync(node, secret);
        await host.Peer.NextAsync(browser.Path);

        var token = PushHost.Token();
        var (phone, phoneSecret) = await host.RegisterAsync(host.NewUser(), "apns", ("token", token), ("device-id", "d"), ("app", "verona"));
        await host.PublishAsync(phone, phoneSecret);
        await host.Peer.NextAsync($"/3/device/{token}");
        release.SetResult();
    }

    [Fact] // spec §2.2: an answer in less than 10 s, always
    public async Task A_database_that_does_not_answer_keeps_no_server_waiting_and_costs_no_push()
    {
        await using var host = await PushHost.StartAsync(("Push:Delivery:AnswerWithin", "100ms"), ("Push:Delivery:AnswerAtLatest", "2s"));
        var (browser, node, secret) = await host.RegisterBrowserAsync(host.NewUser());
        await using (var connection = await host.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var command = new NpgsqlCommand("lock table push.queue", connection, transaction);
            await command.ExecuteNonQueryAsync();
            Replies.AssertError(await host.PublishAsync(node, secret), "wait", "resource-constraint");
        }
        await browser.NextAsync();
    }

    [Fact] // P13: a redirect could lead anywhere
    public async Task A_redirect_is_not_followed()
    {
        var (browser, node, secret) = await Host.RegisterBrowserAsync(Host.NewUser());
        Host.Peer.Once(browser.Path, 307, "", ("Location", new Uri(Host.Peer.Http1, "/elsewhere").AbsoluteUri));
        Replies.AssertError(await Host.PublishAsync(node, secret), "wait", "undefined-condition");
        Assert.Equal(0, Host.Peer.Count("/elsewhere"));
    }

    [Fact] // P6: neither the sender nor the text leaves unless both the operator and the client want it
    public async Task Text_and_sender_go_along_only_where_both_sides_want_it()
    {
        await using var host = await PushHost.StartAsync(("Push:AllowBody", "true"), ("Push:AllowSender", "true"));
        var summary = "<x xmlns='jabber:x:data' type='submit'><field var='last-message-sender'><value>juliet@capulet.lit</value></field>" +
            "<field var='last-message-body'><value>Wherefore art thou?</value></field></x>";
        var (eager, node, secret) = await host.RegisterBrowserAsync(host.NewUser(), ("include-body", "1"), ("include-sender", "1"));
        await host.PublishAsync("annex.test", node, secret, summary, "w1");
        var json = (await eager.NextAsync()).Json;
        Assert.Equal("Wherefore art thou?", json.GetProperty("body").GetString());
        Assert.Equal("juliet@capulet.lit", json.GetProperty("sender").GetString());

        var (shy, other, otherSecret) = await host.RegisterBrowserAsync(host.NewUser());
        await host.PublishAsync("annex.test", other, otherSecret, summary, "w2");
        Assert.False((await shy.NextAsync()).Json.TryGetProperty("body", out _));

        (eager, node, secret) = await Host.RegisterBrowserAsync(Host.NewUser(), ("include-body", "1"), ("include-sender", "1"));
        await Host.PublishAsync("annex.test", node, secret, summary, "w3");
        json = (await eager.NextAsync()).Json;
        Assert.False(json.TryGetProperty("body", out _) || json.TryGetProperty("sender", out _));
    }

    [Fact] // P6, P22
    public async Task Neither_the_database_nor_the_metrics_show_a_token_or_an_address()
    {
        var romeo = Host.NewUser();
        var (browser, node, secret) = await Host.RegisterBrowserAsync(romeo);
        await Host.PublishAsync(node, secret);
        await browser.NextAsync();
        var rows = await Host.QueryAsync<string>("select string_agg(r::text, '') || (select coalesce(string_agg(q::text, ''), '') from push.queue q) from push.registrations r");
        var endpoint = Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(browser.Path));
        Assert.DoesNotContain(secret, rows, StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Path, rows, StringComparison.Ordinal);
        Assert.DoesNotContain(endpoint, rows, StringComparison.Ordinal);
        using var client = new HttpClient();
        var metrics = await client.GetStringAsync(new Uri(Host.Ops, "/metrics"));
        Assert.Contains("annex_push_publishes", metrics, StringComparison.Ordinal);
        foreach (var word in new[] { secret, node, browser.Path, Replies.Bare(romeo) }) Assert.DoesNotContain(word, metrics, StringComparison.Ordinal);
    }

    [Fact] // XEP-0357 allows the account's own address beside its server's
    public async Task The_account_itself_may_publish()
    {
        var romeo = Host.NewUser();
        var (browser, node, secret) = await Host.RegisterBrowserAsync(romeo);
        Assert.Equal("result", (string?)(await Host.PublishAsync(node, secret, from: Replies.Bare(romeo))).Attribute("type"));
        await browser.NextAsync();
    }
}
