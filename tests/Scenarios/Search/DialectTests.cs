using System.Xml.Linq;
using Xunit;

namespace Annex.Scenarios.Search;

/// <summary>XEP-0433 as its text has it, and the dialect that came before it.</summary>
public sealed class DialectTests(SharedSearch shared) : IClassFixture<SharedSearch>
{
    private const string Error = "urn:xmpp:channel-search:0:error";

    private readonly SearchHost _search = shared.Host;

    [Fact]
    public async Task The_service_says_what_it_is_at_any_of_its_addresses()
    {
        foreach (var to in new[] { "search.annex.test", "api@search.annex.test" })
        {
            var user = _search.NewUser();
            await user.Send($"<iq type='get' id='d' to='{to}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
            var reply = (await user.ExpectReply()).ToString();
            Assert.Contains("category=\"directory\"", reply, StringComparison.Ordinal);
            foreach (var feature in new[] { SearchHost.ChannelSearch, SearchHost.Muclumbus, SearchHost.Rsm, "jabber:x:data" })
                Assert.Contains($"var=\"{feature}\"", reply, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(SearchHost.ChannelSearch, "sinaddress", "{urn:xmpp:channel-search:0:order}nusers")]
    [InlineData(SearchHost.Muclumbus, "sinaddr", "nusers")]
    public async Task An_empty_search_asks_for_the_form(string dialect, string addressVar, string key)
    {
        var reply = await _search.AskAsync("", dialect);
        Assert.Equal("result", reply.Attribute("type")!.Value);
        XNamespace x = "jabber:x:data";
        var fields = reply.Descendants(x + "field").ToDictionary(f => f.Attribute("var")!.Value, f => f.Element(x + "value")?.Value);
        foreach (var var in new[] { "FORM_TYPE", "q", "all", "sinname", "sindescription", addressVar, "min_users", "key" })
            Assert.Contains(var, fields.Keys);
        Assert.Equal(key, fields["key"]);
        Assert.Equal("form", reply.Descendants(x + "x").Single().Attribute("type")!.Value);
    }

    [Fact]
    public async Task A_room_is_shown_with_all_that_is_known()
    {
        await _search.PutAsync(SearchHost.Room("whole", "Tapir <b>fans</b> & friends", "All of them", 17, language: "en") with
        {
            IsNonAnonymous = true,
        });
        var reply = await _search.AskAsync(SearchHost.Form(("q", "tapir")), to: "api@search.annex.test");
        XNamespace ns = SearchHost.ChannelSearch;
        var item = reply.Element(ns + "result")!.Element(ns + "item")!;
        Assert.Equal("whole@rooms.annex.test", item.Attribute("address")!.Value);
        Assert.Equal("Tapir <b>fans</b> & friends", item.Element(ns + "name")!.Value);
        Assert.Equal("All of them", item.Element(ns + "description")!.Value);
        Assert.Equal("en", item.Element(ns + "language")!.Value);
        Assert.Equal("17", item.Element(ns + "nusers")!.Value);
        Assert.Equal("xep-0045", item.Element(ns + "service-type")!.Value);
        Assert.Equal("", item.Element(ns + "is-open")!.Value);
        Assert.Equal("{urn:xmpp:channel-search:0:anonymity}none", item.Element(ns + "anonymity-mode")!.Value);
        Assert.Equal("api@search.annex.test", reply.Attribute("from")!.Value);
    }

    [Fact]
    public async Task No_hit_is_an_empty_result()
    {
        var reply = await _search.AskAsync(SearchHost.Form(("q", "nothing like it anywhere")));
        Assert.Equal("result", reply.Attribute("type")!.Value);
        Assert.Empty(SearchHost.AddressesIn(reply));
    }

    [Fact]
    public async Task Unknown_fields_are_ignored_and_both_names_of_the_address_field_are_read()
    {
        await _search.PutAsync(SearchHost.Room("okapi", "Another animal"));
        var reply = await _search.AskAsync(SearchHost.Form(("q", "okapi"), ("colour", "green"), ("{x}y", "z")));
        Assert.Single(SearchHost.AddressesIn(reply));
        foreach (var var in new[] { "sinaddr", "sinaddress" })
            Assert.Empty(SearchHost.AddressesIn(await _search.AskAsync(SearchHost.Form(("q", "okapi"), (var, "false")))));
    }

    [Fact]
    public async Task Types_that_nobody_has_here_find_nothing()
    {
        await _search.PutAsync(SearchHost.Room("types", "ocelot"));
        Assert.Empty(SearchHost.AddressesIn(await _search.AskAsync(SearchHost.Form(("q", "ocelot"), ("types", "xep-0369")))));
        Assert.Single(SearchHost.AddressesIn(await _search.AskAsync(SearchHost.Form(("q", "ocelot"), ("types", "xep-0045")))));
    }

    [Theory]
    [InlineData("q", "abc", "key", "colour", "modify", "feature-not-implemented", "invalid-sort-key")]
    [InlineData("q", "a", "", "", "modify", "bad-request", "invalid-search-terms")]
    [InlineData("q", "...", "", "", "modify", "bad-request", "invalid-search-terms")]
    [InlineData("q", "abc", "all", "true", "modify", "bad-request", "conflicting-fields")]
    [InlineData("sinname", "true", "", "", "cancel", "bad-request", "no-search-conditions")]
    [InlineData("all", "false", "", "", "cancel", "bad-request", "no-search-conditions")]
    [InlineData("all", "perhaps", "", "", "modify", "bad-request", null)]
    [InlineData("q", "abc", "min_users", "many", "modify", "bad-request", null)]
    public async Task What_cannot_be_answered_is_refused_by_name(
        string var, string value, string var2, string value2, string type, string condition, string? application)
    {
        var fields = var2.Length == 0 ? new[] { (var, value) } : [(var, value), (var2, value2)];
        AssertError(await _search.AskAsync(SearchHost.Form(fields)), type, condition, application);
    }

    [Fact]
    public async Task Fields_that_conflict_are_named()
    {
        var reply = await _search.AskAsync(SearchHost.Form(("q", "abc"), ("all", "1")));
        XNamespace error = Error;
        Assert.Equal(["all", "q"], reply.Descendants(error + "var").Select(v => v.Value));
    }

    [Fact]
    public async Task The_whole_list_can_be_refused()
    {
        await using var search = await SearchHost.StartAsync(("Search:AllowFullList", "false"));
        AssertError(await search.AskAsync(SearchHost.Form(("all", "true"))), "cancel", "not-allowed", "full-set-retrieval-rejected");
    }

    [Fact]
    public async Task Who_asks_too_often_is_told_when_to_come_back()
    {
        await using var search = await SearchHost.StartAsync(("Search:MaxQueriesPerUser", "3"));
        var user = search.NewUser();
        XElement reply = null!;
        for (var i = 0; i < 4; i++)
            reply = await search.AskAsync(SearchHost.Form(("q", "abc")), user: user);
        AssertError(reply, "wait", "resource-constraint", "rate-limit");
        XNamespace error = Error;
        Assert.InRange(int.Parse(reply.Descendants(error + "rate-limit").Single().Attribute("retry-after")!.Value,
            System.Globalization.CultureInfo.InvariantCulture), 1, 10);
        // Others are not affected.
        Assert.Equal("result", (await search.AskAsync(SearchHost.Form(("q", "abc")))).Attribute("type")!.Value);
    }

    [Fact]
    public async Task Many_of_one_foreign_domain_share_its_limit_and_ours_do_not()
    {
        await using var search = await SearchHost.StartAsync(("Search:MaxQueriesPerDomain", "5"));
        var replies = new List<XElement>();
        for (var i = 0; i < 6; i++)
            replies.Add(await search.AskAsync(SearchHost.Form(("q", "abc")), user: search.NewUser("crowd.example")));
        Assert.All(replies[..5], r => Assert.Equal("result", r.Attribute("type")!.Value));
        AssertError(replies[5], "wait", "resource-constraint", "rate-limit");
        // The older dialect is the same question.
        var older = await search.AskAsync("", SearchHost.Muclumbus, user: search.NewUser("crowd.example"));
        Assert.Equal("wait", older.Element(older.Name.Namespace + "error")!.Attribute("type")!.Value);
        Assert.Equal("result", (await search.AskAsync(SearchHost.Form(("q", "abc")), user: search.NewUser("quiet.example"))).Attribute("type")!.Value);
        for (var i = 0; i < 10; i++)
            Assert.Equal("result", (await search.AskAsync(SearchHost.Form(("q", "abc")))).Attribute("type")!.Value);
    }

    [Fact]
    public async Task Converse_finds_a_room()
    {
        await _search.PutAsync(SearchHost.Room("pangolins", "Pangolins"));
        const string Form = """
            <set xmlns='http://jabber.org/protocol/rsm'><max>10</max></set>
            <x xmlns='jabber:x:data' type='submit'>
            <field var='FORM_TYPE' type='hidden'><value>https://xmlns.zombofant.net/muclumbus/search/1.0#params</value></field>
            <field var='q' type='text-single'><value>pang</value></field>
            <field var='sinname' type='boolean'><value>true</value></field>
            <field var='sindescription' type='boolean'><value>false</value></field>
            <field var='sinaddr' type='boolean'><value>true</value></field>
            <field var='min_users' type='text-single'><value>1</value></field>
            <field var='key' type='list-single'><value>address</value><option><value>nusers</value></option></field></x>
            """;
        var reply = await _search.AskAsync(Form, SearchHost.Muclumbus, to: "api@search.annex.test");
        XNamespace ns = SearchHost.Muclumbus;
        var item = Assert.Single(reply.Element(ns + "result")!.Elements(ns + "item"));
        Assert.Equal(("pangolins@rooms.annex.test", "Pangolins"),
            (item.Attribute("address")!.Value, item.Element(ns + "name")!.Value));
    }

    [Fact]
    public async Task Movim_finds_a_room()
    {
        await _search.PutAsync(SearchHost.Room("servals", "Servals", occupants: 12));
        var reply = await _search.AskAsync(
            SearchHost.Set("<max>30</max>") + SearchHost.Form(("q", "serval")), to: "api@search.annex.test");
        Assert.Equal("servals@rooms.annex.test", Assert.Single(SearchHost.AddressesIn(reply)));
        Assert.Equal("12", SearchHost.Text(reply, "nusers"));
    }

    [Fact]
    public async Task A_form_of_another_kind_is_no_search()
    {
        AssertError(await _search.AskAsync(SearchHost.FormOf("urn:other", ("q", "abc"))), "modify", "bad-request", null);
        AssertError(await _search.AskAsync(SearchHost.Form(("q", "abc")), SearchHost.Muclumbus), "modify", "bad-request", null);
    }

    private static void AssertError(XElement reply, string type, string condition, string? application)
    {
        Assert.Equal("error", reply.Attribute("type")!.Value);
        var error = reply.Elements().Single(e => e.Name.LocalName == "error");
        Assert.Equal(type, error.Attribute("type")!.Value);
        Assert.Contains(error.Elements(), e => e.Name == XName.Get(condition, "urn:ietf:params:xml:ns:xmpp-stanzas"));
        Assert.Equal(application, error.Elements().FirstOrDefault(e => e.Name.NamespaceName == Error)?.Name.LocalName);
    }
}
