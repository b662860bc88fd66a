using Annex.Muc;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0033 between the rooms and a server that delivers one stanza to many. What a client gets must not differ: from is the
/// occupant, nothing of the addresses is left (§7: bcc), and who may not see a real JID does not.</summary>
public sealed class MulticastTests : ChatScenario
{
    private const string Service1 = "multicast.shakespeare.lit";
    private const string Addresses = "http://jabber.org/protocol/address";

    protected override void Configure(MucOptions options)
    {
        options.Multicast.Enabled = true;
        options.Multicast.FromOccupants = 3;
    }

    [Fact]
    public async Task A_message_to_many_leaves_once_with_an_address_for_each()
    {
        await Discover();
        await CreateWithThree();
        await Say("1");
        await Server.Expect($"<message type='groupchat' id='1' from='{Room}/secondwitch' to='{Service1}'><body>1</body>"
            + "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='...'/><stanza-id xmlns='urn:xmpp:sid:0' id='...' by='coven@chat.shakespeare.lit'/>"
            + $"{To(Crone.Jid, Wicca.Jid, Hag.Jid)}</message>");
        await ExpectNothing(Crone, Wicca, Hag);
    }

    [Fact]
    public async Task Presence_goes_apart_to_those_who_see_real_addresses_and_those_who_do_not()
    {
        await Discover();
        await CreateWithThree();
        await Hag.Send($"<presence to='{Room}/thirdwitch'><show>away</show></presence>");
        await Server.Expect($"<presence from='{Room}/thirdwitch' to='{Service1}'><show>away</show>"
            + $"<x xmlns='{User}'><item affiliation='none' role='participant'/></x>"
            + $"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='...'/>{To(Wicca.Jid)}</presence>");
        await Server.Expect($"<presence from='{Room}/thirdwitch' to='{Service1}'><show>away</show>"
            + $"<x xmlns='{User}'><item affiliation='none' role='participant' jid='{Hag.Jid}'/></x>"
            + $"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='...'/>{To(Crone.Jid)}</presence>");
    }

    [Fact]
    public async Task What_follows_for_one_goes_the_same_way_so_that_it_does_not_come_first_and_later_alone_again()
    {
        await Discover();
        await CreateWithThree();
        await Say("1");
        await Wicca.Send($"<message type='chat' id='2' to='{Room}/thirdwitch'><body>2</body></message>");
        await Server.ExpectSoon($"<message type='chat' id='2' from='{Room}/secondwitch' to='{Service1}'>...{To(Hag.Jid)}</message>");
        await Forget();
        Time.Advance(TimeSpan.FromSeconds(11));
        await Wicca.Send($"<message type='chat' id='3' to='{Room}/thirdwitch'><body>3</body></message>");
        await Hag.Expect($"<message type='chat' id='3' from='{Room}/secondwitch'>...</message>");
    }

    [Fact]
    public async Task Who_enters_gets_the_room_directly()
    {
        await Discover();
        await CreateWithThree();
        await Ask(Hecate, "fourthwitch");
        await See(Hecate, $"<presence from='{Room}/firstwitch'>...</presence>");
        await See(Hecate, $"<presence from='{Room}/secondwitch'>...</presence>");
        await See(Hecate, $"<presence from='{Room}/thirdwitch'>...</presence>");
        await See(Hecate, $"<presence from='{Room}/fourthwitch'>...</presence>");
        await Server.ExpectSoon($"<presence from='{Room}/fourthwitch' to='{Service1}'>...{To(Wicca.Jid, Hag.Jid)}</presence>");
    }

    [Fact]
    public async Task People_of_other_servers_get_a_copy_of_their_own()
    {
        await Discover();
        await CreateWithThree();
        var iago = Person("iago@venice.lit/ship");
        await Enter(iago, "fourth");
        await Say("1");
        await See(iago, $"<message type='groupchat' id='1' from='{Room}/secondwitch'><body>1</body></message>");
        await Server.ExpectSoon($"<message type='groupchat' id='1' from='{Room}/secondwitch' to='{Service1}'>...{To(Crone.Jid, Wicca.Jid, Hag.Jid)}</message>");
    }

    [Fact]
    public async Task A_message_with_addresses_of_its_own_is_not_given_to_a_service_that_would_act_on_them()
    {
        await Discover();
        await CreateWithThree();
        await Wicca.Send($"<message type='groupchat' id='1' to='{Room}'><body>1</body>"
            + $"<addresses xmlns='{Addresses}'><address type='to' jid='duncan@shakespeare.lit'/></addresses></message>");
        await See(Hag, $"<message type='groupchat' id='1' from='{Room}/secondwitch'>...</message>");
    }

    [Fact]
    public async Task Refused_once_it_is_used_no_more()
    {
        await Discover();
        await CreateWithThree();
        await Server.Send($"<message type='error' from='{Service1}' to='{Room}/secondwitch'><error type='modify'>"
            + "<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
        await Say("1");
        await See(Hag, $"<message type='groupchat' id='1' from='{Room}/secondwitch'><body>1</body></message>");
    }

    [Fact]
    public async Task A_service_that_does_not_deliver_what_it_is_tried_with_is_not_used()
    {
        var looking = await Advertise();
        await Server.ExpectSoon($"<message to='{Service1}' from='{Service}' id='{{trial}}'>...</message>");
        await Server.Send($"<message type='error' id='{{trial}}' from='{Service1}' to='{Service}'><error type='auth'>"
            + "<forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
        await looking;
        await CreateWithThree();
        await Say("1");
        await See(Hag, $"<message type='groupchat' id='1' from='{Room}/secondwitch'><body>1</body></message>");
    }

    [Fact]
    public async Task A_small_room_is_served_with_copies()
    {
        await Discover();
        await Create();
        await Enter(Wicca, "secondwitch");
        await Say("1");
        await See(Crone, $"<message type='groupchat' id='1' from='{Room}/secondwitch'><body>1</body></message>");
    }

    private static string To(params string[] jids) =>
        $"<addresses xmlns='{Addresses}'>{string.Concat(jids.Select(j => $"<address type='bcc' jid='{j}'/>"))}</addresses>";

    private Task Say(string text) => Wicca.Send($"<message type='groupchat' id='{text}' to='{Room}'><body>{text}</body></message>");

    /// <summary>The server has a service that takes 20 addresses, and it does what it says.</summary>
    private async Task Discover()
    {
        var looking = await Advertise();
        await Server.ExpectSoon($"<message to='{Service1}' from='{Service}' id='{{trial}}'>...</message>");
        for (var i = 0; i < 20; i++)
            await Server.Send($"<message id='{{trial}}' from='{Service}' to='{Service}'/>");
        await looking;
    }

    private async Task<Task> Advertise()
    {
        await Server.Settle(); // the link stands
        var looking = LookForMulticast();
        await Server.ExpectSoon($"<iq type='get' id='{{items}}' from='{Service}' to='shakespeare.lit'>"
            + "<query xmlns='http://jabber.org/protocol/disco#items'/></iq>");
        await Server.Send($"<iq type='result' id='{{items}}' from='shakespeare.lit' to='{Service}'>"
            + $"<query xmlns='http://jabber.org/protocol/disco#items'><item jid='{Service1}'/></query></iq>");
        await Server.ExpectSoon($"<iq type='get' id='{{self}}' from='{Service}' to='shakespeare.lit'>"
            + "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        await Server.Send($"<iq type='result' id='{{self}}' from='shakespeare.lit' to='{Service}'>"
            + "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/></query></iq>");
        await Server.ExpectSoon($"<iq type='get' id='{{info}}' from='{Service}' to='{Service1}'>"
            + "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        await Server.Send($"<iq type='result' id='{{info}}' from='{Service1}' to='{Service}'>"
            + "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='service' type='multicast'/>"
            + $"<feature var='{Addresses}'/></query></iq>");
        return looking;
    }
}
