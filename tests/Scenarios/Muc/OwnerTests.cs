using Annex.Muc;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0045 §10: creating, configuring and destroying a room.</summary>
public sealed class OwnerTests : ChatScenario
{
    protected override void Configure(MucOptions options)
    {
        options.Locked = ["enablelogging"];
        options.LockTimeout = TimeSpan.FromSeconds(300);
    }

    [Fact]
    public async Task S58_A_new_room_says_201_and_an_empty_form_unlocks_it()
    {
        await Ask(Crone, "firstwitch");
        await See(Crone, $"""
            <presence from='{Room}/firstwitch'>
              <x xmlns='{User}'><item affiliation='owner' role='moderator' jid='crone1@shakespeare.lit/desktop'/>
                <status code='110'/><status code='201'/></x>
            </presence>
            """);
        await Crone.Send($"<iq id='create1' to='{Room}' type='set'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>");
        await Crone.ExpectSoon($"<iq type='result' id='create1' from='{Room}'/>");
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='110'/></x></presence>");
    }

    [Fact]
    public async Task S58_Cancelling_the_first_form_destroys_the_room()
    {
        await Enter(Crone, "firstwitch");
        await Crone.Send($"<iq id='create2' to='{Room}' type='set'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='cancel'/></query></iq>");
        await See(Crone, $"<presence type='unavailable' from='{Room}/firstwitch'><x xmlns='{User}'><item affiliation='none' role='none'/><destroy/><status code='110'/></x></presence>");
        await Crone.Expect($"<iq type='result' id='create2' from='{Room}'/>");
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='201'/></x></presence>");
    }

    [Fact]
    public async Task S58_An_owner_who_leaves_before_configuring_takes_the_room_along()
    {
        await Enter(Crone, "firstwitch");
        await Crone.Send($"<presence type='unavailable' to='{Room}/firstwitch'/>");
        await See(Crone, $"<presence type='unavailable' from='{Room}/firstwitch'><x xmlns='{User}'>...<destroy/></x></presence>");
        await Hag.Send($"<iq type='get' id='d' to='{Room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        await ExpectError(Hag, "cancel", "item-not-found");
    }

    [Fact]
    public async Task A_room_that_is_never_configured_opens_with_the_defaults_after_a_while()
    {
        await Enter(Crone, "firstwitch");
        Time.Advance(TimeSpan.FromSeconds(299));
        await Ask(Hag, "thirdwitch");
        await ExpectRefusal(Hag, "presence", $"{Room}/thirdwitch", "cancel", "item-not-found");
        Time.Advance(TimeSpan.FromSeconds(2));
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='110'/></x></presence>");
    }

    [Fact]
    public async Task The_form_has_every_standard_field_in_its_registered_type()
    {
        await Create(("roomname", "A Dark Cave"), ("maxusers", "77"));
        await Crone.Send($"<iq id='config1' to='{Room}' type='get'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>");
        var form = (await Crone.ExpectSoon($"<iq type='result' id='config1' from='{Room}'>...</iq>")).Descendants()
            .Where(e => e.Name.LocalName == "field").ToDictionary(f => (string)f.Attribute("var")!, f => f);
        var types = form.ToDictionary(f => f.Key.Replace("muc#roomconfig_", "", StringComparison.Ordinal), f => (string)f.Value.Attribute("type")!);
        Assert.Equivalent(new Dictionary<string, string>
        {
            ["FORM_TYPE"] = "hidden",
            ["roomname"] = "text-single",
            ["roomdesc"] = "text-single",
            ["lang"] = "text-single",
            ["persistentroom"] = "boolean",
            ["publicroom"] = "boolean",
            ["public_list"] = "boolean",
            ["passwordprotectedroom"] = "boolean",
            ["roomsecret"] = "text-private",
            ["maxusers"] = "list-single",
            ["whois"] = "list-single",
            ["presencebroadcast"] = "list-multi",
            ["membersonly"] = "boolean",
            ["moderatedroom"] = "boolean",
            ["members_by_default"] = "boolean",
            ["changesubject"] = "boolean",
            ["allowpm"] = "list-single",
            ["allowinvites"] = "boolean",
            ["allow_voice_requests"] = "boolean",
            ["roomadmins"] = "jid-multi",
            ["roomowners"] = "jid-multi",
            ["getmemberlist"] = "list-multi",
            ["historylength"] = "text-single",
            ["muc#maxhistoryfetch"] = "text-single",
            ["pubsub"] = "text-single",
            ["contactjid"] = "jid-multi",
            ["allowregister"] = "boolean",
            ["enablearchiving"] = "boolean",
            ["preset"] = "list-single",
        }, types);
        Assert.Equal("A Dark Cave", form["muc#roomconfig_roomname"].Value);
        Assert.Equal("crone1@shakespeare.lit", form["muc#roomconfig_roomowners"].Value);
        // A value that is none of the usual options is one all the same (XEP-0004 §3.3).
        Assert.Contains(form["muc#roomconfig_maxusers"].Elements().Where(e => e.Name.LocalName == "option"), o => o.Value == "77");
        Assert.DoesNotContain("muc#roomconfig_enablelogging", form.Keys);
    }

    [Fact]
    public async Task A_private_group_is_one_choice_of_the_form_whatever_the_client_sends_along()
    {
        await Create(("preset", "private_group"), ("membersonly", "0"), ("whois", "moderators"), ("publicroom", "1"));
        await Hag.Send($"<iq type='get' id='d' to='{Room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        await Hag.ExpectSoon($"<iq type='result' id='d' from='{Room}'><query xmlns='http://jabber.org/protocol/disco#info'>..." +
            "<feature var='muc_membersonly'/><feature var='muc_nonanonymous'/><feature var='muc_hidden'/><feature var='muc_persistent'/></query></iq>");
        await Administer(Crone, "<item affiliation='member' jid='hag66@shakespeare.lit'/>");
        await SendItems(Hag, "<item affiliation='member'/>", "get");
        await Hag.ExpectSoon($"<iq type='result' id='admin' from='{Room}'><query xmlns='http://jabber.org/protocol/muc#admin'>...</query></iq>");
    }

    [Theory]
    [InlineData("passwordprotectedroom", "1", "not-acceptable", "modify")]
    [InlineData("maxusers", "many", "not-acceptable", "modify")]
    [InlineData("whois", "none", "not-acceptable", "modify")]
    [InlineData("membersonly", "perhaps", "not-acceptable", "modify")]
    [InlineData("roomadmins", "@@", "jid-malformed", "modify")]
    [InlineData("enablelogging", "1", "not-allowed", "cancel")]
    public async Task S59_What_cannot_be_is_refused_and_nothing_changes(string field, string value, string condition, string type)
    {
        await Create();
        await Submit(Crone, ("roomname", "Changed"), (field, value));
        await ExpectError(Crone, type, condition);
        await Hag.Send($"<iq type='get' id='d' to='{Room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        await Hag.ExpectSoon($"<iq type='result' id='d' from='{Room}'><query xmlns='http://jabber.org/protocol/disco#info'>..." +
            "<identity category='conference' type='text' name='coven'/></query></iq>");
    }

    [Fact]
    public async Task S59_The_configuration_is_the_owners_and_cancelling_changes_nothing()
    {
        await CreateWithThree();
        await Administer(Crone, "<item affiliation='admin' jid='hag66@shakespeare.lit'/>");
        await Hag.Send($"<iq id='c' to='{Room}' type='get'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>");
        await ExpectError(Hag, "auth", "forbidden");
        await Submit(Hag, ("roomname", "Mine"));
        await ExpectError(Hag, "auth", "forbidden");
        await Crone.Send($"<iq id='config2' to='{Room}' type='set'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='cancel'/></query></iq>");
        await Crone.ExpectSoon($"<iq type='result' id='config2' from='{Room}'/>");
        await ExpectNothing(Wicca);
    }

    [Theory]
    [InlineData("whois", "anyone", "172")]
    [InlineData("roomname", "A Dark Cave", "104")]
    [InlineData("membersonly", "0", null)]
    public async Task S60_A_change_is_told_once_with_its_code_and_not_where_nothing_changed(string field, string value, string? code)
    {
        await CreateWithThree();
        await Submit(Crone, (field, value));
        await Crone.ExpectSoon($"<iq type='result' id='config' from='{Room}'/>");
        if (code is not null)
            await Hag.Expect($"<message type='groupchat' from='{Room}'><x xmlns='{User}'><status code='{code}'/></x></message>");
        await ExpectNothing(Hag);
    }

    [Fact]
    public async Task S60_Back_to_semi_anonymous_is_173()
    {
        await CreateWithThree(("whois", "anyone"));
        await Submit(Crone, ("whois", "moderators"), ("roomdesc", "The place for all good witches!"));
        await Hag.Expect($"<message type='groupchat' from='{Room}'><x xmlns='{User}'><status code='173'/></x></message>");
    }

    [Fact]
    public async Task S61_Members_only_puts_others_out_with_322_and_tells_those_who_stay()
    {
        await CreateWithThree();
        await Administer(Crone, "<item affiliation='member' jid='wiccarocks@shakespeare.lit'/>");
        await Submit(Crone, ("membersonly", "1"));
        await See(Hag, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='none' jid='...'/>" +
            "<status code='110'/><status code='322'/></x></presence>");
        await See(Wicca, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='none'/><status code='322'/></x></presence>");
        await ExpectNothing(Hag);
    }

    [Fact]
    public async Task S61_Admins_and_owners_in_the_form_are_full_lists()
    {
        await CreateWithThree();
        await Administer(Crone, "<item affiliation='admin' jid='wiccarocks@shakespeare.lit'/>");
        await Submit(Crone, ("roomadmins", "hag66@shakespeare.lit"), ("roomowners", "crone1@shakespeare.lit"), ("roomowners", "hecate@shakespeare.lit"));
        await Crone.ExpectSoon($"<iq type='result' id='config' from='{Room}'/>");
        await SeeSoon(Hag, $"<presence from='{Room}/secondwitch'><x xmlns='{User}'><item affiliation='none' role='participant' jid='...'>...</item></x></presence>");
        await SeeSoon(Wicca, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='admin' role='moderator'>...</item></x></presence>");
        await Crone.ExpectSoon($"<message from='{Room}'><x xmlns='{User}'><item affiliation='owner' jid='hecate@shakespeare.lit' role='none'/></x></message>");
    }

    [Fact]
    public async Task S62_Destruction_tells_each_occupant_once_and_then_the_owner()
    {
        await CreateWithThree();
        await Destroy(Wicca, "");
        await ExpectError(Wicca, "auth", "forbidden");
        await Destroy(Crone, "<password>newfire</password><reason>Macbeth doth come.</reason>");
        foreach (var (witch, nick) in new[] { (Wicca, "secondwitch"), (Hag, "thirdwitch"), (Crone, "firstwitch") })
        {
            await See(witch, $"""
                <presence type='unavailable' from='{Room}/{nick}'>
                  <x xmlns='{User}'>
                    <item affiliation='none' role='none'/>
                    <destroy jid='heath@chat.shakespeare.lit'><password>newfire</password><reason>Macbeth doth come.</reason></destroy>
                    <status code='110'/>
                  </x>
                </presence>
                """);
        }
        await Crone.Expect($"<iq type='result' id='begone' from='{Room}'/>");
        await ExpectNothing(Wicca, Hag);
    }

    [Fact]
    public async Task S62_A_destroyed_persistent_room_says_gone_and_where_to_but_its_owner_may_make_it_anew_without_the_past()
    {
        await Create(("persistentroom", "1"));
        await Crone.Send($"<message to='{Room}' type='groupchat' id='old'><body>old</body></message>");
        await Destroy(Crone, "<reason>Macbeth doth come.</reason>");
        await Forget();
        await Ask(Hag, "thirdwitch");
        await Hag.Expect($"<presence type='error' from='{Room}/thirdwitch'>{Muc}<error by='{Room}' type='cancel'>" +
            "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:heath@chat.shakespeare.lit?join</gone>" +
            "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>Macbeth doth come.</text></error></presence>");
        await Ask(Crone, "firstwitch");
        await See(Crone, $"<presence from='{Room}/firstwitch'><x xmlns='{User}'>...<status code='201'/></x></presence>");
        await Crone.Expect($"<message from='{Room}' type='groupchat'><subject/></message>");
        await ExpectNothing(Crone);
    }

    [Fact]
    public async Task S62_A_tombstone_does_not_stand_for_ever()
    {
        await Create(("persistentroom", "1"));
        await Destroy(Crone, "");
        await Forget();
        Time.Advance(TimeSpan.FromDays(32));
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='201'/></x></presence>");
    }

    private static Task Destroy(Annex.Testing.Scripted.ScriptedUser user, string inside) => user.Send(
        $"<iq id='begone' to='{Room}' type='set'><query xmlns='http://jabber.org/protocol/muc#owner'>" +
        $"<destroy jid='heath@chat.shakespeare.lit'>{inside}</destroy></query></iq>");
}

/// <summary>170 and 171, where the operator leaves public logging to the owners.</summary>
public sealed class LoggingTests : ChatScenario
{
    [Fact]
    public async Task S60_Logging_is_told_with_170_and_171_and_both_privacy_codes_come_in_one_message()
    {
        await CreateWithThree();
        await Submit(Crone, ("enablelogging", "1"), ("whois", "anyone"));
        await Hag.Expect($"<message type='groupchat' from='{Room}'><x xmlns='{User}'><status code='170'/><status code='172'/></x></message>");
        await Submit(Crone, ("enablelogging", "0"));
        await Hag.Expect($"<message type='groupchat' from='{Room}'><x xmlns='{User}'><status code='171'/></x></message>");
    }
}
