using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0045 §7.10, §7.12: registering with a room, and asking for one's reserved nick.</summary>
public sealed class RegistrationTests : ChatScenario
{
    [Fact]
    public async Task S56_Registering_makes_a_member_and_reserves_the_nick()
    {
        await CreateWithThree();
        await Ask();
        await Hag.ExpectSoon($"""
            <iq type='result' id='jw81b36f' from='{Room}'>
              <query xmlns='jabber:iq:register'>...
                <x xmlns='jabber:x:data' type='form'>...
                  <field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#register</value></field>
                  <field var='muc#register_roomnick' type='text-single' label='Desired Nickname'><required/></field>
                </x>
              </query>
            </iq>
            """);
        await Submit("<field var='muc#register_roomnick'><value>hagatha</value></field>");
        await Hag.ExpectSoon($"<iq type='result' id='nv71va54' from='{Room}'/>");
        await See(Wicca, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='member' role='participant'/></x></presence>");
        await Ask();
        await Hag.ExpectSoon($"<iq type='result' id='jw81b36f' from='{Room}'><query xmlns='jabber:iq:register'><registered/><username>hagatha</username></query></iq>");
        await Ask(Hecate, "hagatha");
        await ExpectRefusal(Hecate, "presence", $"{Room}/hagatha", "cancel", "conflict");
    }

    [Fact]
    public async Task S56_Registration_is_refused_with_the_right_errors()
    {
        await Hag.Send($"<iq type='get' id='r' to='{Room}'><query xmlns='jabber:iq:register'/></iq>");
        await ExpectError(Hag, "cancel", "item-not-found");
        await CreateWithThree();
        await Administer(Crone, "<item affiliation='member' jid='weird@shakespeare.lit' nick='weird'/>");
        await Submit("<field var='muc#register_roomnick'><value>weird</value></field>");
        await ExpectError(Hag, "cancel", "conflict");
        await Submit("<field var='muc#register_roomnick'><value>secondwitch</value></field>");
        await ExpectError(Hag, "cancel", "conflict");
        await Hag.Send($"<iq type='set' id='r' to='{Room}'><query xmlns='jabber:iq:register'/></iq>");
        await ExpectError(Hag, "modify", "bad-request");
        await Submit("");
        await ExpectError(Hag, "modify", "bad-request");
        await Configured(("allowregister", "0"));
        await Ask();
        await ExpectError(Hag, "cancel", "not-allowed");
        await Submit("<field var='muc#register_roomnick'><value>hagatha</value></field>");
        await ExpectError(Hag, "cancel", "not-allowed");
    }

    [Fact]
    public async Task A_registration_can_be_withdrawn()
    {
        await CreateWithThree();
        await Submit("<field var='muc#register_roomnick'><value>hagatha</value></field>");
        await Forget();
        await Hag.Send($"<iq type='set' id='gone' to='{Room}'><query xmlns='jabber:iq:register'><remove/></query></iq>");
        await Hag.Expect($"<iq type='result' id='gone' from='{Room}'/>");
        await See(Wicca, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='participant'/></x></presence>");
        // XEP-0077 §3.2
        await Hag.Send($"<iq type='set' id='gone' to='{Room}'><query xmlns='jabber:iq:register'><remove/></query></iq>");
        await ExpectError(Hag, "auth", "registration-required");
        await Hag.Send($"<iq type='set' id='gone' to='{Room}'><query xmlns='jabber:iq:register'><remove/><username>hagatha</username></query></iq>");
        await ExpectError(Hag, "modify", "bad-request");
    }

    [Fact]
    public async Task S57_The_reserved_nick_is_an_identity_of_the_node_x_roomuser_item()
    {
        await CreateWithThree();
        const string question = $"<iq type='get' id='getnick1' to='{Room}'><query xmlns='http://jabber.org/protocol/disco#info' node='x-roomuser-item'/></iq>";
        await Hag.Send(question);
        await Hag.Expect($"<iq type='result' id='getnick1' from='{Room}'><query xmlns='http://jabber.org/protocol/disco#info' node='x-roomuser-item'/></iq>");
        await Submit("<field var='muc#register_roomnick'><value>hagatha</value></field>");
        await Forget();
        await Hag.Send(question);
        await Hag.Expect($"<iq type='result' id='getnick1' from='{Room}'><query xmlns='http://jabber.org/protocol/disco#info' node='x-roomuser-item'>" +
            "<identity category='conference' name='hagatha' type='text'/></query></iq>");
    }

    private Task Ask() => Hag.Send($"<iq type='get' id='jw81b36f' to='{Room}'><query xmlns='jabber:iq:register'/></iq>");

    private Task Submit(string field) => Hag.Send($"""
        <iq type='set' id='nv71va54' to='{Room}'>
          <query xmlns='jabber:iq:register'>
            <x xmlns='jabber:x:data' type='submit'>
              <field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#register</value></field>{field}
            </x>
          </query>
        </iq>
        """);
}
