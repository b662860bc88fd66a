using Annex.Muc;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>A block list over pubsub (XEP-0060, XEP-0059), with a service that does what a test says.</summary>
public sealed class BlockListTests : ChatScenario
{
    private const string PubSub = "http://jabber.org/protocol/pubsub";
    private const string Event = "http://jabber.org/protocol/pubsub#event";
    private const string Set = "http://jabber.org/protocol/rsm";
    private const string List = "rtbl.example";

    protected override void Configure(MucOptions options)
    {
        options.BlockLists = [new BlockListOptions { Service = List, Reason = "See rtbl.example." }];
        options.BlockListPage = 2;
        options.MaxBlockListEntries = 4;
    }

    [Fact]
    public async Task It_is_subscribed_to_fetched_in_pages_and_followed()
    {
        await Server.Expect($"<iq type='set' id='{{s}}' from='{Service}' to='{List}'><pubsub xmlns='{PubSub}'>"
            + $"<subscribe node='muc_bans_sha256' jid='{Service}'/></pubsub></iq>");
        await Answer("s", $"<pubsub xmlns='{PubSub}'><subscription node='muc_bans_sha256' jid='{Service}' subscription='subscribed'/></pubsub>");
        await ExpectPage("<max>2</max>", "p");
        // News between two pages are not lost.
        await Tell($"<retract id='{Hash("hecate")}'/>");
        await Answer("p", Page([Hash("hecate"), "no-hash"], "2"));
        await ExpectPage("<max>2</max><after>2</after>", "q");
        await Answer("q", Page([Hash("hag66").ToUpperInvariant()], "3"));
        await UntilAsync(() => Bans.Lists[0].IsSubscribed);
        Assert.Equal(1, Bans.Lists[0].Count);

        await Create();
        await Ask(Hag, "thirdwitch");
        var refusal = await Hag.Expect($"<presence type='error' from='{Room}/thirdwitch'>...</presence>");
        Assert.Contains("See rtbl.example.", refusal.ToString(), StringComparison.Ordinal);
        await Enter(Hecate, "queen");

        await Tell($"<item id='{Hash("hecate")}'><report xmlns='urn:xmpp:reporting:1' reason='urn:xmpp:reporting:abuse'/></item>"
            + $"<retract id='{Hash("hag66")}'/>");
        await Hecate.ExpectSoon($"<presence type='unavailable' from='{Room}/queen'>...</presence>");
        await Ask(Hag, "thirdwitch");
        await Hag.ExpectSoon($"<message type='groupchat' from='{Room}'>...</message>");
    }

    [Fact]
    public async Task Nobody_else_speaks_for_it_and_it_grows_no_further_than_its_limit()
    {
        await FollowAsync();
        await Server.Send($"<message from='evil.example' to='{Service}'><event xmlns='{Event}'><items node='muc_bans_sha256'>"
            + $"<item id='{Hash("hag66")}'/></items></event></message>");
        await Server.ExpectSoon($"<message type='error' from='{Service}' to='evil.example'>...</message>");
        await Server.Send($"<message from='{List}' to='{Service}'><event xmlns='{Event}'><items node='another'>"
            + $"<item id='{Hash("hag66")}'/></items></event></message>");
        await Tell(string.Concat(Enumerable.Range(0, 9).Select(n => $"<item id='{Hash($"many{n}")}'/>")));
        await Server.Settle();
        Assert.Equal(4, Bans.Lists[0].Count);
        Assert.False(Bans.Covers(Jid.Parse("hag66@shakespeare.lit")));
    }

    [Fact]
    public async Task A_deleted_node_blocks_nobody_and_is_asked_for_again()
    {
        await FollowAsync();
        await Tell($"<item id='{Hash("hag66")}'/>");
        await Server.Settle();
        Assert.True(Bans.Covers(Jid.Parse("hag66@shakespeare.lit")));
        await Server.Send($"<message from='{List}' to='{Service}'><event xmlns='{Event}'><delete node='muc_bans_sha256'/></event></message>");
        await Server.ExpectSoon($"<iq type='set' id='{{again}}' from='{Service}' to='{List}'>...</iq>");
        Assert.False(Bans.Covers(Jid.Parse("hag66@shakespeare.lit")));
        await Server.Send($"<iq type='error' id='{{again}}' from='{List}' to='{Service}'><error type='cancel'>"
            + "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
        await UntilAsync(() => Bans.Lists[0].Problem == "item-not-found");
    }

    /// <summary>A service without pages answers with all items and no set.</summary>
    private async Task FollowAsync()
    {
        await Server.Expect($"<iq type='set' id='{{s}}' from='{Service}' to='{List}'>...</iq>");
        await Answer("s", "");
        await Server.Expect($"<iq type='get' id='{{p}}' from='{Service}' to='{List}'>...</iq>");
        await Answer("p", $"<pubsub xmlns='{PubSub}'><items node='muc_bans_sha256'/></pubsub>");
        await UntilAsync(() => Bans.Lists[0].IsSubscribed);
    }

    private Task<System.Xml.Linq.XElement> ExpectPage(string set, string id) => Server.Expect($"<iq type='get' id='{{{id}}}' from='{Service}' to='{List}'>"
        + $"<pubsub xmlns='{PubSub}'><items node='muc_bans_sha256'/><set xmlns='{Set}'>{set}</set></pubsub></iq>");

    private Task Answer(string id, string payload) =>
        Server.Send($"<iq type='result' id='{{{id}}}' from='{List}' to='{Service}'>{payload}</iq>");

    private Task Tell(string items) => Server.Send($"<message from='{List}' to='{Service}'><event xmlns='{Event}'>"
        + $"<items node='muc_bans_sha256'>{items}</items></event></message>");

    private static string Page(string[] ids, string last) => $"<pubsub xmlns='{PubSub}'><items node='muc_bans_sha256'>"
        + string.Concat(ids.Select(i => $"<item id='{i}'/>"))
        + $"</items><set xmlns='{Set}'><first index='{(last == "2" ? 0 : 2)}'>1</first><last>{last}</last><count>3</count></set></pubsub>";

    private static string Hash(string name) => BlockList.HashOf(Jid.Parse($"{name}@shakespeare.lit"));

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
            await Task.Delay(1, limit.Token);
    }
}
