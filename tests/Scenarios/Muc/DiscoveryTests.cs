using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0045 §6, XEP-0307: what the service and its rooms say of themselves.</summary>
public sealed class DiscoveryTests : ChatScenario
{
    private const string Items = "http://jabber.org/protocol/disco#items";
    private const string Info = "http://jabber.org/protocol/disco#info";

    [Fact]
    public async Task The_service_is_a_text_conference_with_stable_ids()
    {
        await Hag.Send($"<iq type='get' id='d' to='{Service}'><query xmlns='{Info}'/></iq>");
        await Hag.Expect($"""
            <iq type='result' id='d' from='{Service}'>
              <query xmlns='{Info}'>...
                <identity category='conference' type='text' name='Chat rooms'/>
                <feature var='http://jabber.org/protocol/muc'/>
                <feature var='http://jabber.org/protocol/muc#stable_id'/>
                <feature var='http://jabber.org/protocol/muc#unique'/>
                <feature var='urn:xmpp:occupant-id:0'/>
                <feature var='http://jabber.org/protocol/rsm'/>
              </query>
            </iq>
            """);
    }

    [Fact]
    public async Task S63_Public_rooms_are_listed_hidden_ones_not()
    {
        await Create(("roomname", "A Dark Cave"));
        await List("");
        await Hag.Expect($"<iq type='result' from='{Service}'><query xmlns='{Items}'><item jid='{Room}' name='A Dark Cave'/></query></iq>");
        await Configured(("publicroom", "0"));
        await List("");
        await Hag.Expect($"<iq type='result' from='{Service}'><query xmlns='{Items}'/></iq>");
    }

    [Fact]
    public async Task S63_The_list_comes_in_pages_forwards_and_backwards()
    {
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
        {
            await Ask(Crone, "firstwitch", room: $"{name}@{Service}");
            await Crone.Send($"<iq type='set' id='{name}' to='{name}@{Service}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>");
            await Crone.ExpectSoon($"<iq type='result' id='{name}' from='{name}@{Service}'/>");
        }
        await List("<max>2</max>");
        await Hag.Expect(Page("ab", 0));
        await List($"<max>2</max><after>b@{Service}</after>");
        await Hag.Expect(Page("cd", 2));
        await List("<max>2</max><before/>");
        await Hag.Expect(Page("de", 3));
        await List($"<max>2</max><before>d@{Service}</before>");
        await Hag.Expect(Page("bc", 1));
        await List("<max>0</max>");
        await Hag.Expect($"<iq type='result' from='{Service}'><query xmlns='{Items}'><set xmlns='http://jabber.org/protocol/rsm'><count>5</count></set></query></iq>");
    }

    [Fact]
    public async Task S63_A_rooms_features_match_its_configuration()
    {
        await Create(("passwordprotectedroom", "1"), ("roomsecret", "x"), ("publicroom", "0"), ("persistentroom", "1"),
            ("membersonly", "1"), ("moderatedroom", "1"), ("whois", "anyone"), ("roomdesc", "The place for all good witches!"),
            ("roomname", "A Dark Cave"), ("lang", "en"), ("contactjid", "crone1@shakespeare.lit"));
        await Hag.Send($"<iq type='get' id='i' to='{Room}'><query xmlns='{Info}'/></iq>");
        var features = "passwordprotected hidden persistent membersonly moderated nonanonymous".Split(' ').Select(f => $"<feature var='muc_{f}'/>");
        await Hag.Expect($"""
            <iq type='result' id='i' from='{Room}'>
              <query xmlns='{Info}'>...
                <identity category='conference' type='text' name='A Dark Cave'/>
                {string.Concat(features)}
                <feature var='http://jabber.org/protocol/muc#stable_id'/>
                <feature var='http://jabber.org/protocol/muc#self-ping-optimization'/>
                <feature var='urn:xmpp:occupant-id:0'/>
                <feature var='urn:xmpp:sid:0'/>
                <x xmlns='jabber:x:data' type='result'>...
                  <field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roominfo</value></field>
                  <field var='muc#roominfo_description' type='text-single' label='...'><value>The place for all good witches!</value></field>
                  <field var='muc#roominfo_occupants' type='text-single' label='...'><value>1</value></field>
                  <field var='muc#roominfo_lang' type='text-single' label='...'><value>en</value></field>
                  <field var='muc#roominfo_contactjid' type='jid-multi' label='...'><value>crone1@shakespeare.lit</value></field>
                </x>
              </query>
            </iq>
            """);
        await Configured(("passwordprotectedroom", "0"), ("publicroom", "1"), ("membersonly", "0"), ("moderatedroom", "0"), ("whois", "moderators"));
        await Hag.Send($"<iq type='get' id='j' to='{Room}'><query xmlns='{Info}'/></iq>");
        features = "unsecured public persistent open unmoderated semianonymous".Split(' ').Select(f => $"<feature var='muc_{f}'/>");
        await Hag.Expect($"<iq type='result' id='j' from='{Room}'><query xmlns='{Info}'>...{string.Concat(features)}</query></iq>");
    }

    [Fact]
    public async Task S63_The_occupants_are_private_unless_the_owner_shows_them()
    {
        await CreateWithThree();
        await Hecate.Send($"<iq type='get' id='o' to='{Room}'><query xmlns='{Items}'/></iq>");
        await Hecate.Expect($"<iq type='result' id='o' from='{Room}'><query xmlns='{Items}'/></iq>");
        await Configured(("public_list", "1"));
        await Hecate.Send($"<iq type='get' id='o' to='{Room}'><query xmlns='{Items}'/></iq>");
        await Hecate.Expect($"<iq type='result' id='o' from='{Room}'><query xmlns='{Items}'><item jid='{Room}/firstwitch'/>" +
            $"<item jid='{Room}/secondwitch'/><item jid='{Room}/thirdwitch'/></query></iq>");
    }

    [Fact]
    public async Task Nothing_is_discarded_so_the_traffic_node_is_service_unavailable()
    {
        await Create();
        await Hag.Send($"<iq type='get' id='t' to='{Room}'><query xmlns='{Info}' node='http://jabber.org/protocol/muc#traffic'/></iq>");
        await ExpectError(Hag, "cancel", "service-unavailable");
        await Hag.Send($"<iq type='get' id='u' to='{Room}'><query xmlns='urn:witch'/></iq>");
        await ExpectError(Hag, "cancel", "service-unavailable");
    }

    [Fact]
    public async Task The_service_gives_out_unique_names_to_those_who_may_create_rooms()
    {
        await Hag.Send($"<iq type='get' id='unique1' to='{Service}'><unique xmlns='http://jabber.org/protocol/muc#unique'/></iq>");
        await Hag.Expect($"<iq type='result' id='unique1' from='{Service}'><unique xmlns='http://jabber.org/protocol/muc#unique'>{{name}}</unique></iq>");
        Assert.True(Server.Bound["name"].Length >= 16);
        await Person("iago@venice.lit/a").Send($"<iq type='get' id='u' to='{Service}'><unique xmlns='http://jabber.org/protocol/muc#unique'/></iq>");
        await ExpectError(Person("iago@venice.lit/a"), "cancel", "not-allowed");
    }

    private Task List(string set) => Hag.Send($"<iq type='get' id='l' to='{Service}'><query xmlns='{Items}'>" +
        (set.Length > 0 ? $"<set xmlns='http://jabber.org/protocol/rsm'>{set}</set>" : "") + "</query></iq>");

    private static string Page(string names, int index) => $"<iq type='result' id='l' from='{Service}'><query xmlns='{Items}'>" +
        string.Concat(names.Select(n => $"<item jid='{n}@{Service}' name='{n}'/>")) +
        $"<set xmlns='http://jabber.org/protocol/rsm'><first index='{index}'>{names[0]}@{Service}</first>" +
        $"<last>{names[^1]}@{Service}</last><count>5</count></set></query></iq>";
}
