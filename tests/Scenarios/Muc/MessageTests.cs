using Annex.Muc;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0045 §7.4, §7.5, §8.1, §17.2 and XEP-0359: messages to all, private ones, the subject.</summary>
public sealed class MessageTests : ChatScenario
{
    protected override void Configure(MucOptions options)
    {
        options.MaxMessageBytes = 4096;
        options.MessageBurst = 5;
        options.MessagesPerSecond = 1;
    }

    [Fact]
    public async Task S23_A_message_comes_back_to_everybody_with_the_senders_id()
    {
        await CreateWithThree();
        await Hag.Send($"<message to='{Room}' type='groupchat' id='hysf1v37'><body>Harpier cries: 'tis time, 'tis time.</body></message>");
        foreach (var witch in new[] { Crone, Wicca, Hag })
        {
            await See(witch, $"<message from='{Room}/thirdwitch' to='{witch.Jid}' type='groupchat' id='hysf1v37'>" +
                "<body>Harpier cries: 'tis time, 'tis time.</body></message>");
        }
        await Hag.Send($"<message to='{Room}' type='groupchat'><body>no id</body></message>");
        var made = await See(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat' id='{{made}}'><body>no id</body></message>");
        await See(Crone, $"<message from='{Room}/thirdwitch' type='groupchat' id='{{made}}'><body>no id</body></message>");
        Assert.NotEmpty((string)made.Attribute("id")!);
    }

    [Fact]
    public async Task S24_A_visitor_is_forbidden_and_a_stranger_not_acceptable_and_nobody_hears_them()
    {
        await Create(("moderatedroom", "1"));
        await Enter(Hag, "thirdwitch");
        await Hag.Send($"<message to='{Room}' type='groupchat' id='v'><body>?</body></message>");
        await ExpectRefusal(Hag, "message", Room, "auth", "forbidden");
        await Hecate.Send($"<message to='{Room}' type='groupchat' id='s'><body>?</body></message>");
        await ExpectRefusal(Hecate, "message", Room, "cancel", "not-acceptable");
        await ExpectNothing(Crone);
    }

    [Fact]
    public async Task S25_A_message_to_no_room_is_item_not_found()
    {
        await Hag.Send("<message to='nowhere@chat.shakespeare.lit' type='groupchat'><body>?</body></message>");
        await Hag.Expect("<message type='error' from='nowhere@chat.shakespeare.lit'><error by='nowhere@chat.shakespeare.lit' type='cancel'>..." +
            "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
    }

    [Fact]
    public async Task S26_Only_a_subject_without_body_and_thread_changes_the_subject()
    {
        await CreateWithThree();
        await Crone.Send($"<message to='{Room}' type='groupchat' id='a'><subject>No</subject><body>talk</body></message>");
        await See(Hag, $"<message from='{Room}/firstwitch' type='groupchat' id='a'><subject>No</subject><body>talk</body></message>");
        await Crone.Send($"<message to='{Room}' type='groupchat' id='b'><subject>No</subject><thread>t</thread></message>");
        await See(Hag, $"<message from='{Room}/firstwitch' type='groupchat' id='b'><subject>No</subject><thread>t</thread></message>");
        await Ask(Hecate, "fourthwitch");
        await Hecate.ExpectSoon($"<message from='{Room}' type='groupchat'><subject/></message>");
    }

    [Fact]
    public async Task S26_Occupants_change_the_subject_only_where_it_is_configured()
    {
        await CreateWithThree();
        await Hag.Send($"<message to='{Room}' type='groupchat' id='lh2bs617'><subject>Fire Burn</subject></message>");
        await ExpectRefusal(Hag, "message", Room, "auth", "forbidden");
        await ExpectNothing(Crone);
        await Configured(("changesubject", "1"));
        await Hag.Send($"<message to='{Room}' type='groupchat' id='s'><subject>Fire Burn</subject></message>");
        await See(Crone, $"<message from='{Room}/thirdwitch' type='groupchat' id='s'><subject>Fire Burn</subject></message>");
    }

    [Fact]
    public async Task S27_A_private_message_reaches_its_occupant_with_the_muc_user_element_once()
    {
        await CreateWithThree();
        await Wicca.Send($"<message to='{Room}/firstwitch' type='chat' id='hgn27af1'><body>I'll give thee a wind.</body><x xmlns='{User}'/></message>");
        await See(Crone, $"<message from='{Room}/secondwitch' type='chat' id='hgn27af1'><body>I'll give thee a wind.</body><x xmlns='{User}'/></message>");
        await Wicca.Send($"<message to='{Room}/firstwitch' id='n'><body>normal</body></message>");
        await See(Crone, $"<message from='{Room}/secondwitch' type='normal' id='n'><body>normal</body><x xmlns='{User}'/></message>");
        await ExpectNothing(Hag, Wicca);
    }

    [Fact]
    public async Task S27_A_private_message_is_refused_by_type_nick_and_sender()
    {
        await CreateWithThree();
        await Wicca.Send($"<message to='{Room}/firstwitch' type='groupchat'><body>?</body></message>");
        await ExpectRefusal(Wicca, "message", $"{Room}/firstwitch", "modify", "bad-request");
        await Wicca.Send($"<message to='{Room}/nobody' type='chat'><body>?</body></message>");
        await ExpectRefusal(Wicca, "message", $"{Room}/nobody", "cancel", "item-not-found");
        await Hecate.Send($"<message to='{Room}/firstwitch' type='chat'><body>?</body></message>");
        await ExpectRefusal(Hecate, "message", $"{Room}/firstwitch", "cancel", "not-acceptable");
        await ExpectNothing(Crone);
    }

    [Theory]
    [InlineData("anyone", true, true)]
    [InlineData("participants", true, false)]
    [InlineData("moderators", false, false)]
    [InlineData("none", false, false)]
    public async Task S27_allowpm_says_who_may_send_private_messages(string who, bool participant, bool visitor)
    {
        await CreateWithThree(("allowpm", who));
        await Administer(Crone, "<item nick='thirdwitch' role='visitor'/>");
        foreach (var (sender, nick, may) in new[] { (Wicca, "secondwitch", participant), (Hag, "thirdwitch", visitor) })
        {
            await sender.Send($"<message to='{Room}/firstwitch' type='chat' id='pm'><body>psst</body></message>");
            if (may)
                await See(Crone, $"<message from='{Room}/{nick}' type='chat' id='pm'><body>psst</body><x xmlns='{User}'/></message>");
            else
                await ExpectRefusal(sender, "message", $"{Room}/firstwitch", "auth", "forbidden");
        }
    }

    [Fact]
    public async Task S30_The_room_puts_its_stanza_id_on_once_and_takes_forged_ones_away()
    {
        await CreateWithThree();
        await Hag.Send($"""
            <message to='{Room}' type='groupchat' id='f'>
              <body>x</body>
              <stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='{Room}'/>
              <stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='COVEN@{Service}'/>
              <stanza-id xmlns='urn:xmpp:sid:0' id='theirs' by='hag66@shakespeare.lit'/>
              <origin-id xmlns='urn:xmpp:sid:0' id='o1'/>
            </message>
            """);
        await Wicca.Expect($"""
            <message from='{Room}/thirdwitch' type='groupchat' id='f'>
              <body>x</body>
              <stanza-id xmlns='urn:xmpp:sid:0' id='theirs' by='hag66@shakespeare.lit'/>
              <origin-id xmlns='urn:xmpp:sid:0' id='o1'/>
              <occupant-id xmlns='urn:xmpp:occupant-id:0' id='...'/>
              <stanza-id xmlns='urn:xmpp:sid:0' id='...' by='{Room}'/>
            </message>
            """);
    }

    [Fact]
    public async Task Payloads_that_nobody_here_knows_pass_untouched()
    {
        await CreateWithThree();
        const string payload = "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'><key rid='2'>AA==</key></header></encrypted>" +
            "<p:x xmlns:p='urn:witch' p:a='&lt;&amp;&quot;'><p:y/>t\u00e9xt</p:x><reply xmlns='urn:xmpp:reply:0' id='1' to='a@b/c'/>";
        await Hag.Send($"<message to='{Room}' type='groupchat' id='p'><body>b</body>{payload}</message>");
        await See(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat' id='p'><body>b</body>{payload}</message>");
    }

    [Fact]
    public async Task A_message_that_is_too_large_or_comes_too_fast_is_refused_but_not_a_members()
    {
        await CreateWithThree();
        await Hag.Send($"<message to='{Room}' type='groupchat'><body>{new string('x', 5000)}</body></message>");
        await ExpectRefusal(Hag, "message", Room, "modify", "policy-violation");
        for (var i = 0; i < 6; i++)
            await Hag.Send($"<message to='{Room}' type='groupchat' id='{i}'><body>{i}</body></message>");
        await Hag.ExpectSoon($"<message type='error' from='{Room}' id='5'><error by='{Room}' type='wait'>..." +
            "<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
        await Forget();
        for (var i = 0; i < 8; i++)
            await Crone.Send($"<message to='{Room}' type='groupchat' id='{i}'><body>{i}</body></message>");
        await SeeSoon(Wicca, $"<message from='{Room}/firstwitch' type='groupchat' id='7'><body>7</body></message>");
    }

    [Theory]
    [InlineData("<message to='coven@chat.shakespeare.lit'><body>?</body></message>")]
    [InlineData("<message to='coven@chat.shakespeare.lit' type='chat'><body>?</body></message>")]
    [InlineData("<message to='coven@chat.shakespeare.lit' type='headline'><body>?</body></message>")]
    public async Task A_message_to_the_room_of_another_type_is_a_bad_request(string message)
    {
        await CreateWithThree();
        await Hag.Send(message);
        await ExpectRefusal(Hag, "message", Room, "modify", "bad-request");
    }
}
