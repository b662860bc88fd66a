using System.Xml.Linq;
using Annex.Contracts.Events;
using Annex.Scenarios.Upload;
using Annex.Search.Handlers;
using Annex.Testing.Scripted;
using Annex.Xmpp.Addressing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Scenarios.Search;

/// <summary>Who may take a room out, and who is not answered.</summary>
public sealed class OwnerTests : IAsyncLifetime
{
    private static readonly XNamespace Commands = "http://jabber.org/protocol/commands";

    private SearchHost _search = null!;
    private ScriptedNetwork _network = null!;

    public async Task InitializeAsync()
    {
        _search = await SearchHost.StartAsync();
        _network = new ScriptedNetwork(_search.Server);
    }

    public async Task DisposeAsync()
    {
        await _network.DisposeAsync();
        await _search.DisposeAsync();
    }

    [Fact]
    public async Task An_owner_of_our_room_takes_it_out_and_brings_it_back()
    {
        await _search.PutAsync(SearchHost.Room("mine", "vole"));
        _search.Muc.Owners["mine@rooms.annex.test"] = ["ann@annex.test"];
        var stranger = _search.Server.User("bob@annex.test/a");
        Assert.Contains("not an owner", await RunAsync(stranger, "delist", ("room", "mine@rooms.annex.test")), StringComparison.Ordinal);
        Assert.Equal("mine", await _search.FindAsync("vole"));
        var owner = _search.Server.User("ann@annex.test/b");
        Assert.Contains("is out", await RunAsync(owner, "delist", ("room", "mine@rooms.annex.test")), StringComparison.Ordinal);
        Assert.Equal("", await _search.FindAsync("vole"));
        // An event of the room does not list it again.
        await _search.PutAsync(SearchHost.Room("mine", "vole", version: 2));
        Assert.Equal("", await _search.FindAsync("vole"));
        Assert.Contains("may be listed", await RunAsync(owner, "relist", ("room", "mine@rooms.annex.test")), StringComparison.Ordinal);
        Assert.Equal("mine", await _search.FindAsync("vole"));
    }

    [Fact]
    public async Task An_owner_of_another_service_s_room_proves_it_by_a_code_in_the_description()
    {
        const string Room = "far@muc.other.example";
        _network.AddRoom(Room, "far");
        var owner = _search.Server.User("olga@other.example/x");
        var asked = await SendAsync(owner, "delist", null, ("room", Room));
        var code = System.Text.RegularExpressions.Regex.Match(asked.ToString(), "annex-[0-9a-f]{12}").Value;
        var session = asked.Descendants(Commands + "command").Single().Attribute("sessionid")!.Value;
        _network.AddRoom(Room, "far", description: $"welcome, {code} {code}");
        Assert.Contains("is out", (await SendAsync(owner, "delist", session)).ToString(), StringComparison.Ordinal);

        asked = await SendAsync(owner, "relist", null, ("room", Room));
        session = asked.Descendants(Commands + "command").Single().Attribute("sessionid")!.Value;
        // The old code is no proof.
        Assert.Contains("not in the description", (await SendAsync(owner, "relist", session)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_operator_took_out_an_owner_does_not_bring_back()
    {
        await _search.PutAsync(SearchHost.Room("spam", "shrew"));
        _search.Muc.Owners["spam@rooms.annex.test"] = ["ann@annex.test"];
        var admin = _search.Server.User("admin@annex.test/x");
        Assert.Contains("stays out", await RunAsync(admin, "operator-delist", ("subject", "spam@rooms.annex.test")), StringComparison.Ordinal);
        var owner = _search.Server.User("ann@annex.test/b");
        Assert.Contains("not taken out by an owner", await RunAsync(owner, "relist", ("room", "spam@rooms.annex.test")), StringComparison.Ordinal);
        Assert.Equal("", await _search.FindAsync("shrew"));
        Assert.Contains("forbidden", await RunAsync(owner, "operator-relist", ("subject", "spam@rooms.annex.test")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_banned_from_all_services_is_not_answered()
    {
        await _search.PublishAsync(new UserBanned { Subject = "evil@annex.test" });
        await _search.PublishAsync(new UserBanned { Subject = "spam.example" });
        await _search.PublishAsync(new UserBanned { Subject = "past@annex.test", Until = DateTimeOffset.UtcNow.AddDays(-1) });
        var form = SearchHost.Form(("q", "anything"));
        foreach (var jid in new[] { "evil@annex.test/a", "any@spam.example/b" })
        {
            await Eventually.IsTrueAsync(async () =>
                (await _search.AskAsync(form, user: _search.Server.User(jid))).ToString().Contains("forbidden", StringComparison.Ordinal));
        }
        Assert.Equal("result", (await _search.AskAsync(form, user: _search.Server.User("past@annex.test/c"))).Attribute("type")!.Value);
        await _search.PublishAsync(new UserUnbanned { Subject = "evil@annex.test" });
        await Eventually.IsTrueAsync(async () =>
            (await _search.AskAsync(form, user: _search.Server.User("evil@annex.test/a"))).Attribute("type")!.Value == "result");
    }

    [Fact]
    public async Task How_often_a_removed_account_asked_is_forgotten()
    {
        var limiter = _search.Services.GetRequiredService<QueryLimiter>();
        var account = Jid.Parse("gone@annex.test");
        limiter.TryTake(account, out _);
        Assert.True(limiter.Knows(account));
        await _search.PublishAsync(new AccountRemoved { Jid = "gone@annex.test" });
        await Eventually.IsTrueAsync(() => !limiter.Knows(account));
    }

    private async Task<string> RunAsync(ScriptedUser user, string command, (string Var, string Value) field) =>
        (await SendAsync(user, command, null, field)).ToString();

    // Opens the command, or goes on with it, and fills in the form.
    private async Task<XElement> SendAsync(
        ScriptedUser user, string command, string? session, params (string Var, string Value)[] fields)
    {
        var node = "urn:annex:search:0#" + command;
        if (session is null)
        {
            await user.Send($"<iq type='set' id='c1' to='{_search.Server.Component}'><command xmlns='{Commands}' node='{node}'/></iq>");
            var opened = await user.ExpectReply();
            if (opened.Descendants(Commands + "command").SingleOrDefault()?.Attribute("sessionid")?.Value is not { } id)
                return opened;
            session = id;
        }
        var form = string.Concat(fields.Select(f => $"<field var='{f.Var}'><value>{f.Value}</value></field>"));
        await user.Send($"<iq type='set' id='c2' to='{_search.Server.Component}'><command xmlns='{Commands}' node='{node}' " +
            $"sessionid='{session}'><x xmlns='jabber:x:data' type='submit'>{form}</x></command></iq>");
        return await user.ExpectReply();
    }
}
