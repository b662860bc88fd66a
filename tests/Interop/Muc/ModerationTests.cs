using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>Messages that are taken back: by moderators (XEP-0425) and by their authors (XEP-0424), on the real PostgreSQL.</summary>
public sealed class ModerationTests : IAsyncLifetime
{
    private const string Room = "moderated@muc.example.org";
    private const string Juliet = "juliet@example.org/balcony";
    private const string Romeo = "romeo@example.org/orchard";
    private const string Retract = "urn:xmpp:message-retract:1";
    private const string Moderate = "urn:xmpp:message-moderate:1";

    private ServiceConversation _muc = null!;

    public async Task InitializeAsync()
    {
        _muc = await ServiceConversation.StartAsync();
        await _muc.JoinAsync(Juliet, Room, "juliet");
        await _muc.ConfigureAsync(Juliet, Room, ("persistentroom", "1"));
        await _muc.JoinAsync(Romeo, Room, "romeo");
    }

    public Task DisposeAsync() => _muc.DisposeAsync().AsTask();

    [Theory]
    [InlineData("<moderate xmlns='urn:xmpp:message-moderate:1' id='ID'><retract xmlns='urn:xmpp:message-retract:1'/><reason>spam</reason></moderate>")]
    [InlineData("<apply-to xmlns='urn:xmpp:fasten:0' id='ID'><moderate xmlns='urn:xmpp:message-moderate:0'>"
        + "<retract xmlns='urn:xmpp:message-retract:0'/><reason>spam</reason></moderate></apply-to>")]
    public async Task A_moderator_takes_a_message_back_and_a_tombstone_stands_in_archive_and_history(string request)
    {
        var id = await _muc.SayAsync(Romeo, Room, "DM me for free magic potions!");

        var answer = await _muc.AskAsync(Juliet, Room, "set", request.Replace("ID", id, StringComparison.Ordinal));

        Assert.Equal("result", answer["type"]);
        var told = await _muc.ReceiveAsync(e => e["to"] == Romeo && e.Child("retract", Retract) is not null);
        Assert.Equal(Room, told["from"]);
        Assert.Equal("groupchat", told["type"]);
        var retract = told.Child("retract", Retract)!;
        Assert.Equal(id, retract["id"]);
        Assert.Equal($"{Room}/juliet", retract.Child("moderated", Moderate)!["by"]);
        Assert.NotNull(retract.Child("moderated", Moderate)!.Child("occupant-id", "urn:xmpp:occupant-id:0"));
        Assert.Equal("spam", retract.Child("reason")!.Text);
        Assert.Equal(id, told.Child("apply-to", "urn:xmpp:fasten:0")!["id"]);

        var (_, results) = await _muc.QueryAsync(Juliet, Room);
        Assert.Equal(2, results.Count); // the tombstone, and the announcement
        var tombstone = Forwarded(results[0]);
        Assert.Null(tombstone.Child("body", "jabber:client"));
        Assert.NotNull(tombstone.Child("retracted", Retract)!["stamp"]);
        Assert.NotNull(tombstone.Child("retracted", Retract)!.Child("moderated", Moderate));
        Assert.NotNull(tombstone.Child("occupant-id", "urn:xmpp:occupant-id:0"));
        Assert.NotNull(Forwarded(results[1]).Child("retract", Retract));

        await _muc.SendAsync($"<presence from='paris@example.org/x' to='{Room}/paris'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        var history = await _muc.ReceiveAsync(e => e["to"] == "paris@example.org/x" && e.Child("delay", "urn:xmpp:delay") is not null);
        Assert.Null(history.Child("body"));
        Assert.NotNull(history.Child("retracted", Retract));
    }

    [Fact]
    public async Task Only_a_moderator_may_and_only_what_is_there()
    {
        var id = await _muc.SayAsync(Juliet, Room, "But soft!");
        Assert.Equal("forbidden", ConditionOf(await _muc.AskAsync(Romeo, Room, "set", Request(id))));
        Assert.Equal("forbidden", ConditionOf(await _muc.AskAsync("paris@example.org/x", Room, "set", Request(id))));
        Assert.Equal("item-not-found", ConditionOf(await _muc.AskAsync(Juliet, Room, "set", Request(Guid.NewGuid().ToString()))));
        Assert.Equal("item-not-found", ConditionOf(await _muc.AskAsync(Juliet, Room, "set", Request("no-such-id"))));
        Assert.Equal("bad-request", ConditionOf(await _muc.AskAsync(Juliet, Room, "set", "<moderate xmlns='urn:xmpp:message-moderate:1'/>")));
    }

    [Fact]
    public async Task An_author_takes_his_own_message_back_and_nobody_elses()
    {
        var own = await _muc.SayAsync(Romeo, Room, "I take thee at thy word");
        var other = await _muc.SayAsync(Juliet, Room, "Three words, dear Romeo");
        await _muc.SayAsync(Romeo, Room, "retracting one", $"<retract xmlns='{Retract}' id='{own}'/>");
        await _muc.SayAsync(Romeo, Room, "retracting two", $"<retract xmlns='{Retract}' id='{other}'/>");

        var (_, results) = await _muc.QueryAsync(Juliet, Room, "", ("ids", own), ("ids", other));

        Assert.Null(Forwarded(results[0]).Child("body", "jabber:client"));
        Assert.NotNull(Forwarded(results[0]).Child("retracted", Retract)!["id"]);
        Assert.Equal("Three words, dear Romeo", Forwarded(results[1]).Child("body", "jabber:client")?.Text);
    }

    [Fact]
    public async Task An_occupant_cannot_speak_as_the_room()
    {
        var id = await _muc.SayAsync(Juliet, Room, "Parting is such sweet sorrow");
        await _muc.SayAsync(Romeo, Room, "forged",
            $"<retract xmlns='{Retract}' id='{id}'><moderated xmlns='{Moderate}' by='{Room}/juliet'/></retract>"
            + $"<apply-to xmlns='urn:xmpp:fasten:0' id='{id}'><moderated xmlns='urn:xmpp:message-moderate:0' by='{Room}/juliet'/></apply-to>"
            + $"<retracted xmlns='{Retract}' stamp='2020-01-01T00:00:00Z'/>");
        var seen = await _muc.ReceiveAsync(e => e["to"] == Juliet && e.Child("body")?.Text == "forged");
        Assert.Null(seen.Child("retract", Retract));
        Assert.Null(seen.Child("retracted", Retract));
        Assert.Null(seen.Child("apply-to", "urn:xmpp:fasten:0"));
        var (_, results) = await _muc.QueryAsync(Juliet, Room, "", ("ids", id));
        Assert.Equal("Parting is such sweet sorrow", Forwarded(results[0]).Child("body", "jabber:client")?.Text);
    }

    private static string Request(string id) =>
        $"<moderate xmlns='{Moderate}' id='{id}'><retract xmlns='{Retract}'/></moderate>";

    private static Element Forwarded(Element result) => result.Child("result", "urn:xmpp:mam:2")!.Child("forwarded", "urn:xmpp:forward:0")!
        .Child("message", "jabber:client")!;

    private static string? ConditionOf(Element answer) => answer.Child("error")?.Children[0].Name;
}
