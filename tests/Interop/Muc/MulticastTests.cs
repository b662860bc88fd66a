using System.Globalization;
using System.Text.RegularExpressions;
using Annex.Hosting.Web;
using Annex.Interop.Clients;
using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>Fan-out by ejabberd's mod_multicast (XEP-0033): clients must not be able to tell.</summary>
public sealed partial class MulticastTests
{
    private const string Room = "coven@muc.annex.test";
    private const int Messages = 30;
    private static readonly string[] Names = ["ann", "bea", "cat", "dan", "eve"];

    [Fact]
    public async Task On_ejabberd_one_stanza_leaves_for_all_and_each_gets_the_one_that_is_its_own_in_order()
    {
        await using var server = await EjabberdServer.StartAsync(new XmppServerOptions
        {
            Users = Names.ToDictionary(n => n, _ => "pw"),
            Components = new Dictionary<string, string> { ["muc.annex.test"] = Suite.Secret },
            ModuleLines = "  mod_multicast: {}",
        });
        await using var suite = await Suite.StartAsync("annex.test", server.ComponentPort, ["Muc"], new Dictionary<string, string?>
        {
            ["Muc:Multicast:Enabled"] = "true",
            ["Muc:Multicast:FromOccupants"] = "3",
        });
        await suite.WaitUntilConnectedAsync("Muc");
        await suite.Log.WaitForAsync("Multicast by multicast.annex.test", 1, TimeSpan.FromMinutes(1));
        var clients = await EnterAsync(server.ClientPort);
        var before = await SentAsync(suite);
        for (var i = 0; i < Messages; i++)
            await clients[i % clients.Length].TrySendAsync($"<message type='groupchat' id='m{i}' to='{Room}'><body>text {i}</body></message>");
        await UntilAsync(() => clients.All(c => c.Bodies.Count(b => b.StartsWith("text ", StringComparison.Ordinal)) == Messages));
        // One who is kicked sees first all that was said, then that.
        await clients[0].TrySendAsync($"<message type='groupchat' id='last' to='{Room}'><body>last</body></message>"
            + $"<iq type='set' id='k' to='{Room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='eve' role='none'/></query></iq>");
        await UntilAsync(() => clients[4].HasSeen("307"));
        await UntilAsync(() => clients.All(c => c.HasSeen("id='last'") || c.HasSeen("id=\"last\"")));
        var sent = await SentAsync(suite) - before;
        Assert.True(sent < Messages * 2, $"{sent} stanzas left for {Messages} messages to {Names.Length} people.");
        var orders = clients.Select((client, i) => OrderOf(client.Text, $"{Names[i]}@annex.test/r")).ToList();
        // Who speaks at the same time is put in one order by the room: for all the same, and everything once.
        Assert.All(orders, order => Assert.Equal(orders[0], order));
        Assert.Equal(Enumerable.Range(0, Messages), orders[0].Order());
        Assert.True(clients[4].Text.IndexOf(">last<", StringComparison.Ordinal) < clients[4].Text.IndexOf("307", StringComparison.Ordinal));
        foreach (var client in clients)
            client.Dispose();
    }

    /// <summary>The messages' numbers; each is addressed to this very session, from an occupant, and without the addresses.</summary>
    private static List<int> OrderOf(string text, string jid)
    {
        var numbers = new List<int>();
        foreach (Match message in Groupchat().Matches(text))
        {
            var body = BodyNumber().Match(message.Value);
            if (!body.Success)
                continue;
            numbers.Add(int.Parse(body.Groups[1].Value, CultureInfo.InvariantCulture));
            Assert.Matches($"to=['\"]{Regex.Escape(jid)}['\"]", message.Value);
            Assert.Matches($"from=['\"]{Regex.Escape(Room)}/[a-z]+['\"]", message.Value);
            Assert.Contains("urn:xmpp:occupant-id:0", message.Value, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("<addresses", text, StringComparison.Ordinal);
        return numbers;
    }

    private static async Task<RawClient[]> EnterAsync(int port)
    {
        var clients = await Task.WhenAll(Names.Select(n => RawClient.LoginAsync(port, n, "annex.test", "pw", "r")));
        for (var i = 0; i < clients.Length; i++)
        {
            await clients[i].TrySendAsync($"<presence to='{Room}/{Names[i]}'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
            var client = clients[i];
            await UntilAsync(() => client.HasSeen("code='110'") || client.HasSeen("code=\"110\""));
            if (i > 0)
                continue;
            await client.TrySendAsync($"<iq type='set' id='c' to='{Room}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
                + "<x xmlns='jabber:x:data' type='submit'/></query></iq>");
            await UntilAsync(() => client.HasSeen("id='c'") || client.HasSeen("id=\"c\""));
        }
        return clients;
    }

    /// <summary>Stanzas that the component has sent, from its own metrics.</summary>
    private static async Task<long> SentAsync(Suite suite)
    {
        using var http = new HttpClient { BaseAddress = suite.AddressOf("Muc", ListenerKind.Ops) };
        var metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return long.Parse(SentCounter().Match(metrics).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!holds())
            await Task.Delay(20, limit.Token);
    }

    [GeneratedRegex("<message[^>]*groupchat.*?</message>", RegexOptions.Singleline)]
    private static partial Regex Groupchat();

    [GeneratedRegex("<body>text ([0-9]+)</body>")]
    private static partial Regex BodyNumber();

    [GeneratedRegex("^annex_xmpp_stanzas_sent[a-z_]*(?:\\{[^}]*\\})? ([0-9]+)", RegexOptions.Multiline)]
    private static partial Regex SentCounter();
}
