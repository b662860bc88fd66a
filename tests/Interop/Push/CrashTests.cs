using System.Globalization;
using System.Xml.Linq;
using Annex.Interop.Muc;
using Annex.Scenarios.Push;
using Annex.Testing.Servers;
using Annex.Xmpp.Stanzas;
using Xunit;

namespace Annex.Interop.Push;

/// <summary>The service killed with SIGKILL while pushes are on their way, on a real PostgreSQL.</summary>
public sealed class CrashTests
{
    private const int Devices = 20;

    [Fact] // issue: a push that was acknowledged survives; P20
    public async Task Every_push_that_a_server_was_told_is_taken_arrives_after_the_process_was_killed()
    {
        await using var peer = await PushPeer.StartAsync();
        await using var server = new ComponentServer();
        var files = Directory.CreateTempSubdirectory("annex-push-");
        var settings = await SettingsAsync(server.Port, files);
        var browsers = Enumerable.Range(0, Devices).Select(_ => new TestSubscription(peer)).ToArray();
        using (var first = PushProcess.Start(settings))
        {
            await server.ConnectedAsync();
            for (var i = 0; i < Devices; i++)
            {
                // Claimed and sent, and no answer: the process dies with it in flight.
                peer.Script(browsers[i].Path, http => Task.Delay(Timeout.Infinite, http.RequestAborted)
                    .ContinueWith(_ => { }, TaskScheduler.Default));
                await PublishAsync(server, i, await RegisterAsync(server, i, browsers[i]));
            }
            foreach (var browser in browsers) await peer.NextAsync(browser.Path);
            first.Kill();
        }
        using var second = PushProcess.Start(settings);
        foreach (var browser in browsers) await browser.NextAsync();
        second.Kill();
        files.Delete(recursive: true);
    }

    private static async Task<Dictionary<string, string?>> SettingsAsync(int port, DirectoryInfo files) => new()
    {
        ["Database"] = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(),
        ["LocalDomains:0"] = "annex.test",
        ["Push:Component:Jid"] = "push.annex.test",
        ["Push:Component:Port"] = port.ToString(CultureInfo.InvariantCulture),
        ["Push:Component:Secret"] = ComponentServer.Secret,
        ["Push:Http:Listen"] = "127.0.0.1:0",
        ["Push:Rpc:Listen"] = "127.0.0.1:0",
        ["Push:Ops:Listen"] = "127.0.0.1:0",
        ["Push:EncryptionKeyFile"] = Path.Combine(files.FullName, "push.keys"),
        ["Push:WebPush:KeyFiles:0"] = Path.Combine(files.FullName, "vapid.pem"),
        ["Push:AllowLoopbackEndpoints"] = "true",
        ["Push:Delivery:AnswerWithin"] = "50ms",
        ["Push:Delivery:Lease"] = "3s",
    };

    private static async Task<(string Node, string Secret)> RegisterAsync(ComponentServer server, int number,
        TestSubscription browser)
    {
        var fields = string.Concat(new[] { ("endpoint", browser.Endpoint), ("p256dh", browser.P256dh),
            ("auth", browser.Auth) }
            .Select(f => $"<field var='{f.Item1}'><value>{f.Item2}</value></field>"));
        var reply = await AskAsync(server, $"r{number}", $"user{number}@annex.test/phone",
            "<command xmlns='http://jabber.org/protocol/commands' node='register-push-webpush' action='execute'>" +
            $"<x xmlns='jabber:x:data' type='submit'>{fields}</x></command>");
        string Value(string name) =>
            reply.Descendants().Single(e => e.Name.LocalName == "field" && (string?)e.Attribute("var") == name).Value;
        return (Value("node"), Value("secret"));
    }

    private static async Task PublishAsync(ComponentServer server, int number, (string Node, string Secret) to)
    {
        var reply = await AskAsync(server, $"p{number}", "annex.test",
            $"<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='{to.Node}'><item><notification xmlns='urn:xmpp:push:0'/></item>" +
            "</publish><publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>" +
            "http://jabber.org/protocol/pubsub#publish-options</value></field><field var='secret'><value>" +
            $"{to.Secret}</value></field></x></publish-options></pubsub>");
        Assert.Equal("result", (string?)reply.Attribute("type"));
    }

    private static async Task<XElement> AskAsync(ComponentServer server, string id, string from, string payload)
    {
        Assert.True(await server.TrySendAsync($"<iq type='set' id='{id}' from='{from}' to='push.annex.test'>{payload}</iq>"));
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var stanza = await server.Stanzas.ReadAsync(patience.Token);
            if (stanza.Kind == StanzaKind.Iq && stanza.Id == id) return XElement.Parse(stanza.ToElement().ToString());
        }
    }
}
