using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>Archives of rooms (XEP-0313) on the real PostgreSQL.</summary>
public sealed class ArchiveTests : IAsyncLifetime
{
    private const string Room = "archive@muc.example.org";
    private const string Juliet = "juliet@example.org/balcony";
    private const string Romeo = "romeo@example.org/orchard";
    private const string FullText = "{urn:xmpp:fulltext:0}fulltext";
    private const string Rsm = "http://jabber.org/protocol/rsm";

    private readonly List<string> _ids = [];
    private ServiceConversation _muc = null!;

    public async Task InitializeAsync()
    {
        _muc = await ServiceConversation.StartAsync(("Muc__SweepInterval", "00:00:01"));
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
        var (unknown, _) = await _muc.QueryAsync(Juliet, Room, "", ("{http://example.com/}free-text-search", "Juliet"));
        Assert.Equal("feature-not-implemented", ConditionOf(unknown)); // §4.1.5
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
        await _muc.SendAsync($"<message type='groupchat' id='s' from='{Juliet}' to='{Room}'><subject>A pair of star-crossed lovers</subject></message>");
        var subject = await _muc.ReceiveAsync(e => e["id"] == "s" && e["to"] == Romeo);
        var (_, subjects) = await _muc.QueryAsync(Juliet, Room, "", ("ids", subject.Child("stanza-id", "urn:xmpp:sid:0")!["id"]!));
        Assert.Equal("A pair of star-crossed lovers", Forwarded(Assert.Single(subjects)).Child("subject", "jabber:client")!.Text);
        var (_, results) = await _muc.QueryAsync(Juliet, Room, "", ("after-id", _ids[6]));
        Assert.Equal("c", results[0].Child("result", "urn:xmpp:mam:2")!.Child("forwarded", "urn:xmpp:forward:0")!
            .Child("message", "jabber:client")!["id"]);
    }

    [Fact]
    public async Task Beyond_both_ends_there_are_empty_pages_and_pages_can_be_named_by_index()
    {
        var (behind, none) = await Page($"<max>3</max><after>{_ids[6]}</after>");
        Assert.Empty(none);
        Assert.Equal("true", behind["complete"]);
        Assert.Equal("7", behind.Child("set", Rsm)!.Child("count")!.Text);
        Assert.Null(behind.Child("set", Rsm)!.Child("first"));
        var (before, nothing) = await Page($"<max>3</max><before>{_ids[0]}</before>");
        Assert.Empty(nothing);
        Assert.Equal("true", before["complete"]);

        var (byIndex, third) = await Page("<max>2</max><index>2</index>");
        Assert.Equal(["text 2", "text 3"], Bodies(third));
        Assert.Equal("2", byIndex.Child("set", Rsm)!.Child("first")!["index"]);
        var (_, beyond) = await Page("<max>2</max><index>700</index>");
        Assert.Empty(beyond);

        // The last page backward, and the one in front of it, say when there is no more.
        var (last, all) = await Page("<max>7</max><before/>");
        Assert.Equal(7, all.Count);
        Assert.Equal("true", last["complete"]);
        var (first, two) = await Page($"<max>5</max><before>{_ids[2]}</before>");
        Assert.Equal(["text 0", "text 1"], Bodies(two));
        Assert.Equal("true", first["complete"]);
        Assert.Equal("0", first.Child("set", Rsm)!.Child("first")!["index"]);

        var (count, _) = await Page("<max>0</max>");
        Assert.Null(count["complete"]);
        foreach (var wrong in (string[])["<max>-1</max>", "<max>x</max>", "<index>-1</index>"])
            Assert.Equal("bad-request", ConditionOf((await _muc.QueryAsync(Juliet, Room, $"<set xmlns='{Rsm}'>{wrong}</set>")).Answer));
    }

    [Fact]
    public async Task Words_find_the_messages_that_hold_them_and_no_others()
    {
        var found = await _muc.SayAsync(Romeo, Room, "What light through yonder window breaks?");
        await _muc.SayAsync(Juliet, Room, "[this message is encrypted, no window]",
            "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>AAAA</payload></encrypted>");
        var (_, results) = await Search("window");
        Assert.Equal(["What light through yonder window breaks?"], Bodies(results));
        Assert.Equal(found, results[0].Child("result", "urn:xmpp:mam:2")!["id"]);
        Assert.Single((await Search("LIGHT yonder")).Results);
        Assert.Empty((await Search("light balcony")).Results);
        Assert.Single((await Search("light -balcony")).Results);
        Assert.Equal(2, (await Search("\"light through\" or \"text 3\"")).Results.Count);
        Assert.Empty((await Search("?!")).Results);
        Assert.Equal("bad-request", ConditionOf((await Search(new string('x', 501))).Answer));

        // In pages, and together with the other filters.
        var (fin, page) = await _muc.QueryAsync(Juliet, Room, $"<set xmlns='{Rsm}'><max>2</max><before/></set>", (FullText, "text"));
        Assert.Equal(["text 5", "text 6"], Bodies(page));
        Assert.Null(fin.Child("fin", "urn:xmpp:mam:2")!["complete"]);
        Assert.Equal(["text 1", "text 3", "text 5"], Bodies((await _muc.QueryAsync(Juliet, Room, "", (FullText, "text"), ("with", $"{Room}/romeo"))).Results));

        // What was taken back is found no longer.
        await _muc.SayAsync(Romeo, Room, "sorry", $"<retract xmlns='urn:xmpp:message-retract:1' id='{found}'/>");
        Assert.Empty((await Search("window")).Results);
    }

    [Fact]
    public async Task What_is_beyond_the_room_s_quota_goes_from_the_front_and_numbers_go_on()
    {
        await _muc.ConfigureAsync(Juliet, Room, ("persistentroom", "1"), ("archive_messages", "3"));
        await FirstIsAsync(_ids[4]);
        var (gone, _) = await Page($"<max>3</max><after>{_ids[1]}</after>");
        Assert.Null(gone);
        var (fin, left) = await Page("<max>10</max>");
        Assert.Equal(["text 4", "text 5", "text 6"], Bodies(left));
        Assert.Equal("3", fin.Child("set", Rsm)!.Child("count")!.Text);
        Assert.Equal("0", fin.Child("set", Rsm)!.Child("first")!["index"]);
        var last = await _muc.SayAsync(Juliet, Room, "text 7");
        await FirstIsAsync(_ids[5]);
        Assert.Equal(last, (await Page("<max>1</max><before/>")).Results[0].Child("result", "urn:xmpp:mam:2")!["id"]);
    }

    [Theory]
    [InlineData("<displayed xmlns='urn:xmpp:chat-markers:0' id='x'/>", true)]
    [InlineData("<received xmlns='urn:xmpp:receipts' id='x'/>", true)]
    [InlineData("<retract xmlns='urn:xmpp:message-retract:1' id='x'/>", true)]
    [InlineData("<encrypted xmlns='urn:xmpp:omemo:2'><payload>AAAA</payload></encrypted>", true)]
    [InlineData("<body>b</body><no-permanent-store xmlns='urn:xmpp:hints'/>", false)]
    [InlineData("<paused xmlns='http://jabber.org/protocol/chatstates'/><store xmlns='urn:xmpp:hints'/>", true)]
    [InlineData("<paused xmlns='http://jabber.org/protocol/chatstates'/><origin-id xmlns='urn:xmpp:sid:0' id='o'/>", false)]
    public async Task What_belongs_into_an_archive_is_what_says_more_than_the_moment(string content, bool isKept)
    {
        await _muc.SendAsync($"<message type='groupchat' id='kind' from='{Juliet}' to='{Room}'>{content}</message>");
        await _muc.ReceiveAsync(e => e["id"] == "kind" && e["to"] == Juliet);
        var (_, results) = await _muc.QueryAsync(Juliet, Room, "", ("after-id", _ids[6]));
        Assert.Equal(isKept ? 1 : 0, results.Count);
    }

    private Task<(Element Answer, List<Element> Results)> Search(string words) =>
        _muc.QueryAsync(Juliet, Room, "", (FullText, System.Security.SecurityElement.Escape(words)));

    private async Task FirstIsAsync(string id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var metadata = (await _muc.AskAsync(Juliet, Room, "get", "<metadata xmlns='urn:xmpp:mam:2'/>")).Child("metadata", "urn:xmpp:mam:2")!;
            if (metadata.Child("start")!["id"] == id)
                return;
            await Task.Delay(50, limit.Token);
        }
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
