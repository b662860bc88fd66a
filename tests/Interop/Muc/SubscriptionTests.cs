using Annex.Muc.Storage;
using Annex.Xmpp.Addressing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>MUC/Sub on the real PostgreSQL: a subscription is a promise that a kill does not break.</summary>
public sealed class SubscriptionTests
{
    [Fact]
    public async Task A_subscription_outlives_kill_9_and_the_service_lists_it()
    {
        const string room = "sub@muc.example.org";
        const string juliet = "juliet@example.org/balcony";
        const string nurse = "nurse@example.org";
        await using var muc = await ServiceConversation.StartAsync();
        await muc.JoinAsync(juliet, room, "juliet");
        await muc.ConfigureAsync(juliet, room, ("persistentroom", "1"));
        var answer = await muc.AskAsync($"{nurse}/phone", room, "set",
            "<subscribe xmlns='urn:xmpp:mucsub:0' nick='nurse'><event node='urn:xmpp:mucsub:nodes:messages'/></subscribe>");
        Assert.Equal("result", answer["type"]);

        await muc.KillAndRestartAsync();

        var id = await muc.SayAsync(juliet, room, "O Romeo");
        var told = await muc.ReceiveAsync(e => e["to"] == nurse && e.Child("event", "http://jabber.org/protocol/pubsub#event") is not null);
        var item = told.Children[0].Children[0].Children[0];
        Assert.Equal(id, item["id"]);
        Assert.Equal("O Romeo", item.Child("message", "jabber:client")!.Child("body", "jabber:client")!.Text);

        var list = await muc.AskAsync($"{nurse}/phone", "muc.example.org", "get", "<subscriptions xmlns='urn:xmpp:mucsub:0'/>");
        Assert.Equal(room, Assert.Single(list.Children[0].Children)["jid"]);
        await muc.AskAsync($"{nurse}/phone", room, "set", "<unsubscribe xmlns='urn:xmpp:mucsub:0'/>");
        list = await muc.AskAsync($"{nurse}/phone", "muc.example.org", "get", "<subscriptions xmlns='urn:xmpp:mucsub:0'/>");
        Assert.Empty(list.Children[0].Children);
    }

    [Fact]
    public async Task An_erased_account_is_subscribed_to_nothing()
    {
        const string room = "erased@muc.example.org";
        const string juliet = "juliet@example.org/balcony";
        const string nurse = "nurse@example.org";
        await using var muc = await HostedMuc.StartAsync();
        await muc.Xmpp.JoinAsync(juliet, room, "juliet");
        await muc.Xmpp.ConfigureAsync(juliet, room, ("persistentroom", "1"));
        await muc.Xmpp.AskAsync($"{nurse}/phone", room, "set",
            "<subscribe xmlns='urn:xmpp:mucsub:0' nick='nurse'><event node='urn:xmpp:mucsub:nodes:messages'/></subscribe>");
        var eraser = muc.Services.GetRequiredService<AccountEraser>();
        Assert.Contains(nurse, await eraser.AccountsOfAsync("example.org", CancellationToken.None));
        await eraser.EraseAsync(Jid.Parse(nurse), withMessages: false, CancellationToken.None);
        Assert.DoesNotContain(nurse, await eraser.AccountsOfAsync("example.org", CancellationToken.None));
        var list = await muc.Xmpp.AskAsync($"{nurse}/phone", "muc.example.org", "get", "<subscriptions xmlns='urn:xmpp:mucsub:0'/>");
        Assert.Empty(list.Children[0].Children);
        await muc.Xmpp.SayAsync(juliet, room, "O Romeo");
        Assert.Empty(muc.Xmpp.TakeAll(e => e["to"] == nurse));
    }
}
