using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>Archives of rooms (XEP-0313) on the real PostgreSQL.</summary>
public sealed class ArchiveTests : IAsyncLifetime
{
    private const string Room = "archive@muc.example.org";
    private const string Juliet = "juliet@example.org/balcony";
    private const string Romeo = "romeo@example.org/orchard";
    private const string Rsm = "http://jabber.org/protocol/rsm";

    private readonly List<string> _ids = [];
    private ServiceConversation _muc = null!;

    public async Task InitializeAsync()
    {
        _muc = await ServiceConversation.StartAsync();
        await _muc.JoinAsync(Juliet, Room, "juliet");
        await _muc.ConfigureAsync(Juliet, Room, ("persistentroom", "1"));
        await _muc.JoinAsync(Romeo, Room, "romeo");
        for (var i = 0; i < 7; i++)
            _ids.Add(await _muc.SayAsync(i % 2 == 0 ? Juliet : Romeo, Room, $"text {i}"));
    }

    public Task DisposeAsync() => _muc.DisposeAsync().AsTask();

    [Fact]
    public async Task Pages_go_forward_and_backward_and_say_when_they_are_complete()
    {
        var (fin, first) = await Page("<max>3</max>");
        Assert.Equal(["text 0", "text 1", "text 2"], Bodies(first));
        Assert.Null(fin["complete"]);
        Assert.Equal("7", fin.Child("set", Rsm)!.Child("count")!.Text);
        Assert.Equal("0", fin.Child("set", Rsm)!.Child("first")!["index"]);

        var (next, rest) = await Page($"<max>10</max><after>{_ids[2]}</after>");
        Assert.Equal(["text 3", "text 4", "text 5", "text 6"], Bodies(rest));
        Assert.Equal("true", next["complete"]);
        Assert.Equal("3", next.Child("set", Rsm)!.Child("first")!["index"]);

        var (last, backward) = await Page("<max>2</max><before/>");
        Assert.Equal(["text 5", "text 6"], Bodies(backward));
        Assert.Null(last["complete"]);

        var (_, before) = await Page($"<max>2</max><before>{_ids[5]}</before>");
        Assert.Equal(["text 3", "text 4"], Bodies(before));

        var (count, nothing) = await Page("<max>0</max>");
        Assert.Empty(nothing);
        Assert.Equal("7", count.Child("set", Rsm)!.Child("count")!.Text);
    }

    [Fact]
    public async Task A_flipped_page_has_the_same_messages_in_reverse_order()
    {
        var (_, results) = await _muc.QueryAsync(Juliet, Room, $"<set xmlns='{Rsm}'><max>3</max><before/></set><flip-page/>");
        Assert.Equal(["text 6", "text 5", "text 4"], Bodies(results));
    }

    [Fact]
    public async Task Ids_limit_the_messages_and_an_unknown_one_is_item_not_found()
    {
        var (_, between) = await _muc.QueryAsync(Juliet, Room, "", ("after-id", _ids[1]), ("before-id", _ids[4]));
        Assert.Equal(["text 2", "text 3"], Bodies(between));
        var (_, named) = await _muc.QueryAsync(Juliet, Room, "", ("ids", _ids[6]), ("ids", _ids[0]));
        Assert.Equal(["text 0", "text 6"], Bodies(named));
        foreach (var var in (string[])["after-id", "before-id", "ids"])
        {
            var (error, _) = await _muc.QueryAsync(Juliet, Room, "", (var, Guid.NewGuid().ToString()));
            Assert.Equal("item-not-found", ConditionOf(error));
        }
        var (unknown, _) = await _muc.QueryAsync(Juliet, Room, $"<set xmlns='{Rsm}'><max>3</max><after>no-such-id</after></set>");
        Assert.Equal("item-not-found", ConditionOf(unknown));
    }

    [Fact]
    public async Task Times_and_senders_limit_the_messages()
    {
        var (_, old) = await _muc.QueryAsync(Juliet, Room, "", ("end", "2010-07-07T13:23:54Z"));
        Assert.Empty(old);
        var (_, all) = await _muc.QueryAsync(Juliet, Room, "", ("start", "2010-06-07T00:00:00Z"));
        Assert.Equal(7, all.Count);
        var (_, byNick) = await _muc.QueryAsync(Juliet, Room, "", ("with", $"{Room}/romeo"));
        Assert.Equal(["text 1", "text 3", "text 5"], Bodies(byNick));
        var (error, _) = await _muc.QueryAsync(Juliet, Room, "", ("start", "yesterday"));
        Assert.Equal("bad-request", ConditionOf(error));
    }

    [Fact]
    public async Task Only_those_who_see_real_addresses_get_them_or_can_search_by_them()
    {
        // A semi-anonymous room: juliet is a moderator, romeo is not.
        var (_, forJuliet) = await _muc.QueryAsync(Juliet, Room, "", ("with", "romeo@example.org"));
        Assert.Equal(["text 1", "text 3", "text 5"], Bodies(forJuliet));
        Assert.Equal("romeo@example.org", JidIn(forJuliet[0]));
        var (_, forRomeo) = await _muc.QueryAsync(Romeo, Room);
        Assert.All(forRomeo, r => Assert.Null(JidIn(r)));
        Assert.DoesNotContain(forRomeo, r => r.ToString().Contains("@example.org", StringComparison.Ordinal)
            && !r.ToString().Contains($"to='{Romeo}'", StringComparison.Ordinal));
        var (_, searched) = await _muc.QueryAsync(Romeo, Room, "", ("with", "juliet@example.org"));
        Assert.Empty(searched);
    }

    [Fact]
    public async Task Who_may_not_enter_may_not_read()
    {
        const string stranger = "paris@example.org/x";
        var (open, results) = await _muc.QueryAsync(stranger, Room);
        Assert.Equal("result", open["type"]);
        Assert.Equal(7, results.Count);

        await _muc.AskAsync(Juliet, Room, "set",
            "<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='outcast' jid='paris@example.org'/></query>");
        var (banned, _) = await _muc.QueryAsync(stranger, Room);
        Assert.Equal("forbidden", ConditionOf(banned));

        await _muc.ConfigureAsync(Juliet, Room, ("persistentroom", "1"), ("passwordprotectedroom", "1"), ("roomsecret", "cauldronburn"));
        var (outside, _) = await _muc.QueryAsync("tybalt@example.org/x", Room);
        Assert.Equal("not-authorized", ConditionOf(outside));

        await _muc.ConfigureAsync(Juliet, Room, ("persistentroom", "1"), ("passwordprotectedroom", "0"), ("membersonly", "1"));
        var (noMember, _) = await _muc.QueryAsync("tybalt@example.org/x", Room);
        Assert.Equal("forbidden", ConditionOf(noMember));
        var (noRoom, _) = await _muc.QueryAsync(Juliet, "nowhere@muc.example.org");
        Assert.Equal("item-not-found", ConditionOf(noRoom));
    }

    [Fact]
    public async Task The_form_and_the_metadata_are_told()
    {
        var form = await _muc.AskAsync(Juliet, Room, "get", "<query xmlns='urn:xmpp:mam:2'/>");
        var vars = form.Child("query", "urn:xmpp:mam:2")!.Child("x", "jabber:x:data")!.ChildrenNamed("field").Select(f => f["var"]).ToList();
        Assert.Superset(new HashSet<string?> { "FORM_TYPE", "with", "start", "end", "before-id", "after-id", "ids" }, vars.ToHashSet());
        var metadata = (await _muc.AskAsync(Juliet, Room, "get", "<metadata xmlns='urn:xmpp:mam:2'/>")).Child("metadata", "urn:xmpp:mam:2")!;
        Assert.Equal(_ids[0], metadata.Child("start")!["id"]);
        Assert.Equal(_ids[6], metadata.Child("end")!["id"]);
        var info = await _muc.AskAsync(Juliet, Room, "get", "<query xmlns='http://jabber.org/protocol/disco#info'/>");
        var features = info.Children[0].ChildrenNamed("feature").Select(f => f["var"]).ToHashSet();
        Assert.Superset(new HashSet<string?> { "urn:xmpp:mam:2", "urn:xmpp:mam:2#extended", "urn:xmpp:sid:0" }, features);
    }

    [Fact]
    public async Task What_asks_not_to_be_kept_or_says_nothing_is_not_in_the_archive()
    {
        await _muc.SendAsync($"<message type='groupchat' id='a' from='{Juliet}' to='{Room}'><body>secret</body>"
            + "<no-store xmlns='urn:xmpp:hints'/></message>");
        await _muc.SendAsync($"<message type='groupchat' id='b' from='{Juliet}' to='{Room}'>"
            + "<composing xmlns='http://jabber.org/protocol/chatstates'/></message>");
        await _muc.SendAsync($"<message type='groupchat' id='c' from='{Juliet}' to='{Room}'>"
            + $"<reactions xmlns='urn:xmpp:reactions:0' id='{_ids[0]}'><reaction>👍</reaction></reactions></message>");
        await _muc.ReceiveAsync(e => e["id"] == "c" && e["to"] == Juliet);
        var (_, results) = await _muc.QueryAsync(Juliet, Room, "", ("after-id", _ids[6]));
        Assert.Equal("c", Assert.Single(results).Child("result", "urn:xmpp:mam:2")!.Child("forwarded", "urn:xmpp:forward:0")!
            .Child("message", "jabber:client")!["id"]);
    }

    private async Task<(Element Fin, List<Element> Results)> Page(string set)
    {
        var (answer, results) = await _muc.QueryAsync(Juliet, Room, $"<set xmlns='{Rsm}'>{set}</set>");
        return (answer.Child("fin", "urn:xmpp:mam:2")!, results);
    }

    private static List<string?> Bodies(List<Element> results) => [.. results.Select(r => Forwarded(r).Child("body", "jabber:client")?.Text)];

    private static Element Forwarded(Element result) => result.Child("result", "urn:xmpp:mam:2")!.Child("forwarded", "urn:xmpp:forward:0")!
        .Child("message", "jabber:client")!;

    private static string? JidIn(Element result) =>
        Forwarded(result).Child("x", "http://jabber.org/protocol/muc#user")?.Child("item")?["jid"];

    private static string? ConditionOf(Element answer) => answer.Child("error")?.Children[0].Name;
}
