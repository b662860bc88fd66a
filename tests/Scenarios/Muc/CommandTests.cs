using System.Xml.Linq;
using Annex.Testing.Scripted;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>Ad-hoc commands (XEP-0050): the service's for operators, each room's for its owners and admins.</summary>
public sealed class CommandTests : ChatScenario
{
    private const string Commands = "http://jabber.org/protocol/commands";
    private static readonly XNamespace Ns = Commands;

    private ScriptedUser Bard => Person("bard@shakespeare.lit/quill");

    [Fact]
    public async Task They_are_listed_for_those_who_may_run_them()
    {
        await CreateWithThree();
        Assert.Contains("urn:annex:muc:room:settings", await ListAsync(Crone, Room), StringComparison.Ordinal);
        Assert.DoesNotContain("urn:annex", await ListAsync(Hag, Room), StringComparison.Ordinal);
        await Administer(Crone, "<item jid='wiccarocks@shakespeare.lit' affiliation='admin'/>");
        var admins = await ListAsync(Wicca, Room);
        Assert.Contains("urn:annex:muc:room:ban", admins, StringComparison.Ordinal);
        Assert.DoesNotContain("urn:annex:muc:room:settings", admins, StringComparison.Ordinal);
        Assert.Contains("urn:annex:muc:service:create-room", await ListAsync(Bard, Service), StringComparison.Ordinal);
        Assert.DoesNotContain("urn:annex", await ListAsync(Crone, Service), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_room_is_configured_and_people_are_banned_muted_and_let_back_by_its_owner()
    {
        await CreateWithThree();
        await RunAsync(Crone, Room, "room:settings", ("muc#roomconfig_roomname", "The coven"), ("muc#roomconfig_moderatedroom", "1"));
        await Hag.ExpectSoon($"<message type='groupchat' from='{Room}'><x xmlns='{User}'><status code='104'/></x></message>");
        await RunAsync(Crone, Room, "room:settings", ("muc#roomconfig_moderatedroom", "0"));
        await Forget();

        await RunAsync(Crone, Room, "room:mute", ("who", "thirdwitch"), ("reason", "cackling"), ("duration", "1h"));
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='visitor' jid='...'>"
            + "<actor nick='firstwitch'/><reason>cackling</reason></item><status code='110'/></x></presence>");
        Assert.Contains("given back", await RunAsync(Crone, Room, "room:unmute", ("jids", "hag66@shakespeare.lit")), StringComparison.Ordinal);
        await Forget();

        await RunAsync(Crone, Room, "room:ban", ("jid", "hag66@shakespeare.lit"), ("duration", "7d"));
        await Hag.ExpectSoon($"<presence type='unavailable' from='{Room}/thirdwitch'>...</presence>");
        await Ask(Hag, "thirdwitch");
        await ExpectRefused(Hag, "forbidden");
        await RunAsync(Crone, Room, "room:unban", ("jids", "hag66@shakespeare.lit"));
        await Ask(Hag, "thirdwitch");
        await Hag.ExpectSoon($"<message type='groupchat' from='{Room}'>...</message>");
        Assert.Contains("Nobody is banned", await StartAsync(Crone, Room, "room:unban"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invitations_by_command_are_direct_and_make_members_of_a_members_only_room()
    {
        await Create(("membersonly", "1"), ("passwordprotectedroom", "1"), ("roomsecret", "cauldron"));
        var hecate = Person("hecate@shakespeare.lit");
        await RunAsync(Crone, Room, "room:invite", ("jids", "hecate@shakespeare.lit"), ("reason", "Double, double"));
        await hecate.Expect($"<message from='{Room}'><x xmlns='jabber:x:conference' jid='{Room}' password='cauldron' reason='Double, double'/></message>");
        await Ask(Hecate, "queen", "<password>cauldron</password>");
        await Hecate.ExpectSoon($"<message type='groupchat' from='{Room}'>...</message>");
    }

    [Fact]
    public async Task An_admin_does_not_touch_owners_and_outsiders_run_nothing()
    {
        await CreateWithThree();
        await Administer(Crone, "<item jid='wiccarocks@shakespeare.lit' affiliation='admin'/>");
        Assert.Contains("type=\"error\"", await RunAsync(Wicca, Room, "room:ban", ("jid", "crone1@shakespeare.lit")), StringComparison.Ordinal);
        foreach (var name in (string[])["room:settings", "room:audit"])
        {
            await SendAsync(Wicca, Room, name, null);
            await ExpectError(Wicca, "auth", "forbidden");
        }
        await SendAsync(Hag, Room, "room:ban", null);
        await ExpectError(Hag, "auth", "forbidden");
        await SendAsync(Crone, Service, "service:create-room", null);
        await ExpectError(Crone, "cancel", "forbidden");
        await SendAsync(Crone, $"nowhere@{Service}", "room:ban", null);
        Assert.Contains("no such room", (await Crone.ExpectSoon("<iq type='result' id='command' from='...'>...</iq>")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_makes_changes_addresses_and_destroys_rooms()
    {
        Assert.Contains("is there", await RunAsync(Bard, Service, "service:create-room",
            ("room", "globe"), ("owners", "crone1@shakespeare.lit"), ("roomname", "The Globe"), ("membersonly", "1")), StringComparison.Ordinal);
        var globe = $"globe@{Service}";
        Assert.Contains("type=\"error\"", await RunAsync(Bard, Service, "service:create-room", ("room", globe),
            ("owners", "crone1@shakespeare.lit")), StringComparison.Ordinal);
        await Ask(Hag, "hag", room: globe);
        await ExpectRefused(Hag, "registration-required");
        await RunAsync(Bard, Service, "service:set-affiliation", ("room", "globe"), ("jid", "hag66@shakespeare.lit"), ("affiliation", "member"));
        await Ask(Hag, "hag", room: globe);
        await Hag.ExpectSoon($"<message type='groupchat' from='{globe}'>...</message>");
        Assert.Contains("hag66@shakespeare.lit", await RunAsync(Bard, Service, "service:affiliations", ("room", "globe")), StringComparison.Ordinal);
        await RunAsync(Bard, Service, "service:announce", ("text", "All the world"));
        await Hag.ExpectSoon($"<message type='groupchat' from='{globe}'><body>All the world</body></message>");
        await RunAsync(Bard, Service, "service:destroy-room", ("room", "globe"), ("reason", "fire"));
        await Hag.ExpectSoon($"<presence type='unavailable' from='{globe}/hag'>...</presence>");
    }

    [Fact]
    public async Task A_duration_that_is_none_is_a_bad_request()
    {
        await CreateWithThree();
        await SendAsync(Crone, Room, "room:ban", null);
        var session = SessionOf(await Crone.ExpectSoon("<iq type='result' id='command' from='...'>...</iq>"));
        await SendAsync(Crone, Room, "room:ban", session, ("jid", "hag66@shakespeare.lit"), ("duration", "a while"));
        await ExpectError(Crone, "modify", "bad-request");
    }

    private static async Task<string> ListAsync(ScriptedUser user, string to)
    {
        await user.Send($"<iq type='get' id='list' to='{to}'><query xmlns='http://jabber.org/protocol/disco#items' node='{Commands}'/></iq>");
        return (await user.ExpectSoon("<iq type='result' id='list' from='...'>...</iq>")).ToString();
    }

    private static async Task<string> StartAsync(ScriptedUser user, string to, string name)
    {
        await SendAsync(user, to, name, null);
        return (await user.ExpectSoon("<iq type='result' id='command' from='...'>...</iq>")).ToString();
    }

    /// <summary>Starts the command, submits the form, and gives the answer.</summary>
    private static async Task<string> RunAsync(ScriptedUser user, string to, string name, params (string Var, string Value)[] fields)
    {
        await SendAsync(user, to, name, null);
        var session = SessionOf(await user.ExpectSoon("<iq type='result' id='command' from='...'>...</iq>"));
        await SendAsync(user, to, name, session, fields);
        return (await user.ExpectSoon("<iq type='result' id='command' from='...'>...</iq>")).ToString();
    }

    private static string SessionOf(XElement answer) => (string)answer.Element(Ns + "command")!.Attribute("sessionid")!;

    private static Task SendAsync(ScriptedUser user, string to, string name, string? session, params (string Var, string Value)[] fields)
    {
        var form = session is null ? "" : "<x xmlns='jabber:x:data' type='submit'>"
            + string.Concat(fields.Select(f => $"<field var='{f.Var}'><value>{f.Value}</value></field>")) + "</x>";
        var of = session is null ? "" : $" sessionid='{session}'";
        return user.Send($"<iq type='set' id='command' to='{to}'><command xmlns='{Commands}' node='urn:annex:muc:{name}'{of}>{form}</command></iq>");
    }
}
