using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>Who sees whose real JID: XEP-0045 §7.2.3, §7.2.4, §17.4, and the occupant ids of XEP-0421.</summary>
public sealed class AnonymityTests : ChatScenario
{
    [Fact]
    public async Task S09_In_a_non_anonymous_room_everybody_sees_full_JIDs_and_is_warned_with_100()
    {
        await Create(("whois", "anyone"));
        await Enter(Wicca, "secondwitch");
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"""
            <presence from='{Room}/secondwitch'>
              <x xmlns='{User}'><item affiliation='none' role='participant' jid='wiccarocks@shakespeare.lit/laptop'/></x>
            </presence>
            """);
        await SeeSoon(Hag, $"""
            <presence from='{Room}/thirdwitch'>
              <x xmlns='{User}'><item affiliation='none' role='participant' jid='hag66@shakespeare.lit/pda'/>
                <status code='100'/><status code='110'/></x>
            </presence>
            """);
        await See(Wicca, $"""
            <presence from='{Room}/thirdwitch'>
              <x xmlns='{User}'><item affiliation='none' role='participant' jid='hag66@shakespeare.lit/pda'/></x>
            </presence>
            """);
    }

    [Fact]
    public async Task S10_In_a_semi_anonymous_room_only_moderators_do()
    {
        await Create();
        await Enter(Wicca, "secondwitch");
        await Ask(Hag, "thirdwitch");
        await See(Crone, $"""
            <presence from='{Room}/thirdwitch'>
              <x xmlns='{User}'><item affiliation='none' role='participant' jid='hag66@shakespeare.lit/pda'/></x>
            </presence>
            """);
        await See(Wicca, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='participant'/></x></presence>");
        await SeeSoon(Hag, $"<presence from='{Room}/firstwitch'><x xmlns='{User}'><item affiliation='owner' role='moderator'/></x></presence>");
    }

    [Fact]
    public async Task S10_Who_becomes_a_moderator_is_shown_the_others_once_more_with_their_JIDs()
    {
        await CreateWithThree();
        await SendItems(Crone, "<item nick='secondwitch' role='moderator'/>");
        await SeeSoon(Wicca, $"""
            <presence from='{Room}/thirdwitch'>
              <x xmlns='{User}'><item affiliation='none' role='participant' jid='hag66@shakespeare.lit/pda'/></x>
            </presence>
            """);
        await SeeSoon(Hag, $"<presence from='{Room}/secondwitch'><x xmlns='{User}'><item affiliation='none' role='moderator'>...</item></x></presence>");
        await ExpectNothing(Hag);
    }

    [Fact]
    public async Task S28_An_iq_between_occupants_shows_neither_real_JID_and_comes_back_to_the_right_resource()
    {
        await CreateWithThree();
        await Wicca.Send($"<iq type='get' id='v1' to='{Room}/thirdwitch'><query xmlns='jabber:iq:version'/></iq>");
        await Hag.Expect($"<iq type='get' id='{{relayed}}' from='{Room}/secondwitch' to='hag66@shakespeare.lit/pda'>" +
            "<query xmlns='jabber:iq:version'/></iq>");
        Assert.DoesNotContain("wiccarocks", Server.Bound["relayed"], StringComparison.Ordinal);
        Assert.NotEqual("v1", Server.Bound["relayed"]);

        // Somebody else's answer is none.
        await Hecate.Send($"<iq type='result' id='{{relayed}}' to='{Room}/secondwitch'/>");
        await ExpectNothing(Wicca);
        await Hag.Send($"<iq type='error' id='{{relayed}}' to='{Room}/secondwitch'><error type='cancel' by='hag66@shakespeare.lit'>" +
            "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>" +
            "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>hag66@shakespeare.lit has no such thing</text></error></iq>");
        await Wicca.Expect($"<iq type='error' id='v1' from='{Room}/thirdwitch' to='wiccarocks@shakespeare.lit/laptop'>" +
            "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
    }

    [Fact]
    public async Task S28_A_vCard_is_asked_of_the_account_and_comes_from_the_occupant()
    {
        await CreateWithThree();
        await Wicca.Send($"<iq type='get' id='v2' to='{Room}/thirdwitch'><vCard xmlns='vcard-temp'/></iq>");
        await Server.Expect($"<iq type='get' id='{{card}}' from='{Room}/secondwitch' to='hag66@shakespeare.lit'><vCard xmlns='vcard-temp'/></iq>");
        await Server.Send($"<iq type='result' from='hag66@shakespeare.lit' id='{{card}}' to='{Room}/secondwitch'>" +
            "<vCard xmlns='vcard-temp'><FN>Hag</FN></vCard></iq>");
        await Wicca.Expect($"<iq type='result' id='v2' from='{Room}/thirdwitch'><vCard xmlns='vcard-temp'><FN>Hag</FN></vCard></iq>");
    }

    [Theory]
    [InlineData("info")]
    [InlineData("items")]
    public async Task S29_A_strangers_disco_of_an_occupant_is_a_bad_request(string kind)
    {
        await CreateWithThree();
        await Hecate.Send($"<iq type='get' id='d' to='{Room}/thirdwitch'><query xmlns='http://jabber.org/protocol/disco#{kind}'/></iq>");
        await Hecate.Expect($"<iq type='error' id='d' from='{Room}/thirdwitch'><error by='{Room}' type='modify'>..." +
            "<bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
    }

    [Fact]
    public async Task S31_One_occupant_id_stands_on_every_presence_and_message_of_a_person()
    {
        await Create();
        await Enter(Wicca, "secondwitch");
        await Ask(Hag, "thirdwitch");
        const string id = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{hag}'/>";
        await Wicca.Expect($"<presence from='{Room}/thirdwitch'>...{id}</presence>");
        await Hag.Send($"<message to='{Room}' type='groupchat' id='m'><body>I</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/></message>");
        await See(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat'><body>I</body>{id}</message>");
        await Hag.Send($"<message to='{Room}/secondwitch' type='chat'><body>you</body></message>");
        await See(Wicca, $"<message from='{Room}/thirdwitch' type='chat'><body>you</body><x xmlns='{User}'/>{id}</message>");
        await Hag.Send($"<presence to='{Room}/hag'/>");
        await Wicca.Expect($"<presence type='unavailable' from='{Room}/thirdwitch'>...{id}</presence>");
        await Wicca.Expect($"<presence from='{Room}/hag'>...{id}</presence>");
        await Hag.Send($"<presence type='unavailable' to='{Room}/hag'/>");
        await Wicca.Expect($"<presence type='unavailable' from='{Room}/hag'>...{id}</presence>");
        await Ask(Hecate, "fourthwitch");
        await Hecate.ExpectSoon($"<message from='{Room}/thirdwitch' type='groupchat'>...<body>I</body>{id}</message>");
    }

    [Fact]
    public async Task S31_In_another_room_the_same_person_has_another_occupant_id()
    {
        await Create();
        await Ask(Crone, "firstwitch");
        await Crone.ExpectSoon($"<presence from='{Room}/firstwitch'>...<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{{here}}'/></presence>");
        await Ask(Crone, "firstwitch", room: "heath@chat.shakespeare.lit");
        await Crone.ExpectSoon("<presence from='heath@chat.shakespeare.lit/firstwitch'>...<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{there}'/></presence>");
        Assert.NotEqual(Server.Bound["here"], Server.Bound["there"]);
    }

    [Fact]
    public async Task S32_A_ping_of_ones_own_nick_is_answered_by_the_room_and_not_acceptable_from_outside()
    {
        await CreateWithThree();
        await Hag.Send($"<iq type='get' id='s2c1' to='{Room}/thirdwitch'><ping xmlns='urn:xmpp:ping'/></iq>");
        await Hag.Expect($"<iq type='result' id='s2c1' from='{Room}/thirdwitch'/>");
        await Hecate.Send($"<iq type='get' id='s2c2' to='{Room}/fourthwitch'><ping xmlns='urn:xmpp:ping'/></iq>");
        await Hecate.Expect($"<iq type='error' id='s2c2' from='{Room}/fourthwitch'><error by='{Room}' type='cancel'>..." +
            "<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
    }
}
