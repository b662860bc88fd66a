using Annex.Muc;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0045 §7.1, §7.2, §17.1, §17.3: entering a room.</summary>
public sealed class EnteringTests : ChatScenario
{
    protected override void Configure(MucOptions options) => options.ReservedPlaces = 1;

    [Fact]
    public async Task S01_A_newcomer_sees_the_others_then_itself_then_history_then_subject_then_what_is_live()
    {
        await CreateWithThree();
        await Hag.Send($"<message to='{Room}' type='groupchat' id='one'><body>Thrice the brinded cat hath mew'd.</body></message>");
        await Crone.Send($"<message to='{Room}' type='groupchat'><subject>Fire Burn and Cauldron Bubble!</subject></message>");
        await Forget();

        await Ask(Hecate, "fourthwitch");
        await Hag.Send($"<message to='{Room}' type='groupchat' id='two'><body>Live.</body></message>");

        await See(Hecate, $"<presence from='{Room}/firstwitch'><x xmlns='{User}'><item affiliation='owner' role='moderator'/></x></presence>");
        await See(Hecate, $"<presence from='{Room}/secondwitch'><x xmlns='{User}'><item affiliation='none' role='participant'/></x></presence>");
        await See(Hecate, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='participant'/></x></presence>");
        await See(Hecate, $"""
            <presence from='{Room}/fourthwitch' id='join' to='hecate@shakespeare.lit/broom'>
              <x xmlns='{User}'>
                <item affiliation='none' role='participant' jid='hecate@shakespeare.lit/broom'/>
                <status code='110'/>
              </x>
            </presence>
            """);
        await See(Hecate, $"""
            <message from='{Room}/thirdwitch' type='groupchat' id='one'>
              <body>Thrice the brinded cat hath mew'd.</body>
              <delay xmlns='urn:xmpp:delay' from='{Room}' stamp='2026-11-21T12:00:00.000Z'/>
            </message>
            """);
        await Hecate.Expect($"""
            <message from='{Room}/firstwitch' type='groupchat'>
              <subject>Fire Burn and Cauldron Bubble!</subject>
              <delay xmlns='urn:xmpp:delay' from='{Room}' stamp='2026-11-21T12:00:00.000Z'/>
              <occupant-id xmlns='urn:xmpp:occupant-id:0' id='...'/>
            </message>
            """);
        await See(Hecate, $"<message from='{Room}/thirdwitch' type='groupchat' id='two'><body>Live.</body></message>");
    }

    [Fact]
    public async Task S02_Without_a_nick_the_room_answers_jid_malformed()
    {
        await Create();
        await Hag.Send($"<presence to='{Room}'>{Muc}</presence>");
        await ExpectRefusal(Hag, "presence", Room, "modify", "jid-malformed");
    }

    [Theory]
    [InlineData("   ")]
    [InlineData("&#xA0;&#x2003;")]
    [InlineData("&#x3164;")]
    public async Task S03_An_invisible_nick_is_refused(string nick)
    {
        await Create();
        await Ask(Hag, nick);
        await Hag.Expect($"<presence type='error' from='...'>{Muc}<error by='{Room}' type='modify'>..." +
            "<jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
    }

    [Fact]
    public async Task S03_A_nick_is_resourceprepped_and_a_room_nodeprepped()
    {
        await Create();
        await Hag.Send($"<presence to='COVEN@{Service}/ﬁend'>{Muc}</presence>");
        await SeeSoon(Hag, $"<presence from='{Room}/fiend'><x xmlns='{User}'>...<status code='110'/></x></presence>");
    }

    [Theory]
    [InlineData("probe")]
    [InlineData("subscribe")]
    [InlineData("unavailable")]
    [InlineData("error")]
    public async Task S04_Presence_with_a_type_never_joins(string type)
    {
        await Create();
        await Hag.Send($"<presence to='{Room}/thirdwitch' type='{type}'>{Muc}</presence>");
        await ExpectNothing(Hag, Crone);
    }

    [Fact]
    public async Task S05_Presence_without_the_MUC_element_from_a_stranger_is_answered_with_a_kick()
    {
        await Create();
        await Hag.Send($"<presence to='{Room}/thirdwitch'/>");
        await Hag.Expect($"""
            <presence from='{Room}/thirdwitch' to='hag66@shakespeare.lit/pda' type='unavailable'>
              <x xmlns='{User}'>
                <item affiliation='none' role='none'><reason>You are not in the room.</reason></item>
                <status code='110'/><status code='307'/><status code='333'/>
              </x>
            </presence>
            """);
        await ExpectNothing(Hag, Crone);
    }

    [Fact]
    public async Task S06_A_join_of_somebody_who_is_in_is_a_full_synchronisation()
    {
        await CreateWithThree();
        await Ask(Hag, "thirdwitch");
        await See(Hag, $"<presence from='{Room}/firstwitch'>...</presence>");
        await See(Hag, $"<presence from='{Room}/secondwitch'>...</presence>");
        await See(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='110'/></x></presence>");
        await Hag.Expect($"<message from='{Room}' type='groupchat'><subject/></message>");
        await ExpectNothing(Crone, Wicca);

        await Ask(Hag, "thirdwitch", rest: "<show>away</show>");
        await See(Crone, $"<presence from='{Room}/thirdwitch'><show>away</show>...</presence>");
    }

    [Fact]
    public async Task S07_Each_presence_has_one_muc_user_element_and_nothing_that_a_client_forged()
    {
        await CreateWithThree();
        await Hag.Send($"""
            <presence to='{Room}/thirdwitch'>
              <x xmlns='{User}'><item affiliation='owner' role='moderator'/><status code='110'/></x>
              <status>gone where the goblins go</status>
              <occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>
              <c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:witch' ver='xyz'/>
            </presence>
            """);
        await See(Wicca, $"""
            <presence from='{Room}/thirdwitch'>
              <status>gone where the goblins go</status>
              <c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:witch' ver='xyz'/>
              <x xmlns='{User}'><item affiliation='none' role='participant'/></x>
            </presence>
            """);
    }

    [Fact]
    public async Task S08_A_nick_that_the_service_rewrites_is_told_with_210()
    {
        await Create();
        await Ask(Hag, " thirdwitch ");
        await SeeSoon(Hag, $"""
            <presence from='{Room}/thirdwitch'>
              <x xmlns='{User}'><item affiliation='none' role='participant' jid='hag66@shakespeare.lit/pda'/>
                <status code='110'/><status code='210'/></x>
            </presence>
            """);
    }

    [Fact]
    public async Task S12_A_members_only_room_wants_registration_and_a_ban_beats_everything()
    {
        await Create(("membersonly", "1"), ("passwordprotectedroom", "1"), ("roomsecret", "cauldronburn"));
        await Ask(Hag, "firstwitch");
        await ExpectRefusal(Hag, "presence", $"{Room}/firstwitch", "auth", "registration-required");
        await Administer(Crone, "<item affiliation='outcast' jid='hag66@shakespeare.lit'/>");
        await Ask(Hag, "firstwitch");
        await ExpectRefusal(Hag, "presence", $"{Room}/firstwitch", "auth", "forbidden");
    }

    [Theory]
    [InlineData("")]
    [InlineData("<password>wrong</password>")]
    public async Task S11_A_wrong_password_is_not_authorized_for_owners_too(string inside)
    {
        await Create(("passwordprotectedroom", "1"), ("roomsecret", "cauldronburn"), ("persistentroom", "1"));
        await Ask(Hag, "thirdwitch", inside);
        await ExpectRefusal(Hag, "presence", $"{Room}/thirdwitch", "auth", "not-authorized");
        await Ask(Person("crone1@shakespeare.lit/phone"), "firstwitch", inside);
        await ExpectRefusal(Person("crone1@shakespeare.lit/phone"), "presence", $"{Room}/firstwitch", "auth", "not-authorized");
        await Ask(Hag, "thirdwitch", "<password>cauldronburn</password>");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='110'/></x></presence>");
    }

    [Fact]
    public async Task S13_Somebody_elses_nick_is_a_conflict_whether_in_use_or_reserved()
    {
        await CreateWithThree();
        await Ask(Hecate, "thirdwitch");
        await ExpectRefusal(Hecate, "presence", $"{Room}/thirdwitch", "cancel", "conflict");
        await Administer(Crone, "<item affiliation='member' jid='weird@shakespeare.lit' nick='fourthwitch'/>");
        await Ask(Hecate, "fourthwitch");
        await ExpectRefusal(Hecate, "presence", $"{Room}/fourthwitch", "cancel", "conflict");
    }

    [Fact]
    public async Task S14_A_second_session_of_the_same_person_shares_the_nick_and_gets_all_messages()
    {
        await CreateWithThree();
        var phone = Person("hag66@shakespeare.lit/phone");
        await Ask(phone, "thirdwitch");
        await SeeSoon(phone, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='110'/></x></presence>");
        await Forget();

        await Crone.Send($"<message to='{Room}' type='groupchat' id='all'><body>All hail!</body></message>");
        await See(Hag, $"<message from='{Room}/firstwitch' type='groupchat' id='all'><body>All hail!</body></message>");
        await See(phone, $"<message from='{Room}/firstwitch' type='groupchat' id='all'><body>All hail!</body></message>");
        await Crone.Send($"<message to='{Room}/thirdwitch' type='chat' id='pm'><body>Only you.</body></message>");
        await See(Hag, $"<message from='{Room}/firstwitch' type='chat' id='pm'><body>Only you.</body><x xmlns='{User}'/></message>");
        await See(phone, $"<message from='{Room}/firstwitch' type='chat' id='pm'><body>Only you.</body><x xmlns='{User}'/></message>");
        await phone.Send($"<message to='{Room}' type='groupchat' id='me'><body>From the phone.</body></message>");
        await SeeSoon(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat' id='me'><body>From the phone.</body></message>");
    }

    [Fact]
    public async Task S15_A_full_room_says_service_unavailable_but_an_owner_still_enters_up_to_the_reserve()
    {
        await CreateWithThree(("maxusers", "3"));
        await Ask(Hecate, "fourthwitch");
        await ExpectRefusal(Hecate, "presence", $"{Room}/fourthwitch", "wait", "service-unavailable");
        var phone = Person("hag66@shakespeare.lit/phone");
        await Ask(phone, "thirdwitch");
        await SeeSoon(phone, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='110'/></x></presence>");
        await Administer(Crone, "<item affiliation='admin' jid='hecate@shakespeare.lit'/><item affiliation='admin' jid='duncan@shakespeare.lit'/>");
        await Ask(Hecate, "fourthwitch");
        await SeeSoon(Hecate, $"<presence from='{Room}/fourthwitch'><x xmlns='{User}'>...<status code='110'/></x></presence>");
        var duncan = Person("duncan@shakespeare.lit/throne");
        await Ask(duncan, "duncan");
        await ExpectRefusal(duncan, "presence", $"{Room}/duncan", "wait", "service-unavailable");
    }

    [Fact]
    public async Task S16_A_locked_room_is_no_room_for_anybody_else()
    {
        await Ask(Crone, "firstwitch");
        await Forget();
        await Ask(Hag, "thirdwitch");
        await ExpectRefusal(Hag, "presence", $"{Room}/thirdwitch", "cancel", "item-not-found");
        await Hag.Send($"<message to='{Room}' type='groupchat'><body>?</body></message>");
        await ExpectRefusal(Hag, "message", Room, "cancel", "item-not-found");
        await Hag.Send($"<iq type='get' id='d' to='{Room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        await ExpectError(Hag, "cancel", "item-not-found");
    }

    [Fact]
    public async Task S17_Who_may_not_create_a_room_is_told_not_allowed()
    {
        var stranger = Person("iago@venice.lit/ship");
        await Ask(stranger, "iago");
        await ExpectRefusal(stranger, "presence", $"{Room}/iago", "cancel", "not-allowed");
    }

    [Fact]
    public async Task S18_A_publicly_logged_room_says_170_on_entering()
    {
        await Create(("enablelogging", "1"), ("whois", "anyone"));
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"""
            <presence from='{Room}/thirdwitch'>
              <x xmlns='{User}'><item affiliation='none' role='participant' jid='hag66@shakespeare.lit/pda'/>
                <status code='100'/><status code='110'/><status code='170'/></x>
            </presence>
            """);
    }
}
