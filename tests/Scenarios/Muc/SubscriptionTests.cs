using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>MUC/Sub (urn:xmpp:mucsub:0): those who are away get what is said, as pubsub events to their account.</summary>
public sealed class SubscriptionTests : ChatScenario
{
    private const string Sub = "urn:xmpp:mucsub:0";
    private const string Messages = "urn:xmpp:mucsub:nodes:messages";
    private const string Event = "http://jabber.org/protocol/pubsub#event";
    private const string Hecates = "hecate@shakespeare.lit";

    private readonly MemoryStore _store = new();

    private protected override IRoomStore Store => _store;

    /// <summary>The account: what is sent to the bare JID.</summary>
    private Annex.Testing.Scripted.ScriptedUser Account => Person(Hecates);

    [Fact]
    public async Task A_subscriber_who_is_away_gets_messages_as_events_with_the_ids_that_everybody_saw()
    {
        await CreateWithThree();
        await Subscribe();
        await Hag.Send($"<message to='{Room}' type='groupchat' id='m' xml:lang='en'><body>Thrice</body><reply xmlns='urn:xmpp:reply:0' id='1'/></message>");
        var seen = await See(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat' id='m' xml:lang='en'><body>Thrice</body><reply xmlns='urn:xmpp:reply:0' id='1'/></message>");
        var id = seen.Elements().Single(e => e.Name.LocalName == "stanza-id").Attribute("id")!.Value;
        await Account.ExpectSoon($"""
            <message from='{Room}' id='...'><event xmlns='{Event}'><items node='{Messages}'><item id='{id}'>
              <message xmlns='jabber:client' type='groupchat' from='{Room}/thirdwitch' id='m' xml:lang='en'><body>Thrice</body>
                <reply xmlns='urn:xmpp:reply:0' id='1'/>
                <occupant-id xmlns='urn:xmpp:occupant-id:0' id='...'/><stanza-id xmlns='urn:xmpp:sid:0' by='{Room}' id='{id}'/>
              </message></item></items></event><store xmlns='urn:xmpp:hints'/></message>
            """);
    }

    [Fact]
    public async Task Whoever_is_in_the_room_gets_no_events_and_after_leaving_does_again()
    {
        await CreateWithThree();
        await Subscribe();
        await Enter(Hecate, "fourthwitch");
        await Hag.Send($"<message to='{Room}' type='groupchat' id='in'><body>in</body></message>");
        await See(Hecate, $"<message from='{Room}/thirdwitch' type='groupchat' id='in'><body>in</body></message>");
        await ExpectNothing(Account);
        await Hecate.Send($"<presence type='unavailable' to='{Room}/fourthwitch'/>");
        await Forget();
        await Hag.Send($"<message to='{Room}' type='groupchat' id='out'><body>out</body></message>");
        await Account.ExpectSoon(EventOf("thirdwitch", "out"));
    }

    [Fact]
    public async Task A_subscriber_speaks_without_being_in_the_room()
    {
        await CreateWithThree();
        await Subscribe();
        await Hecate.Send($"<message to='{Room}' type='groupchat' id='afar'><body>From afar</body></message>");
        await SeeSoon(Wicca, $"<message from='{Room}/fourthwitch' type='groupchat' id='afar'><body>From afar</body></message>");
        await Account.ExpectSoon(EventOf("fourthwitch", "afar", "From afar"));
        await Ask(Person("stranger@shakespeare.lit/x"), "fourthwitch");
        await ExpectRefusal(Person("stranger@shakespeare.lit/x"), "presence", $"{Room}/fourthwitch", "cancel", "conflict");
    }

    [Fact]
    public async Task Nothing_comes_after_a_ban_or_to_a_non_member_of_a_room_that_became_members_only()
    {
        await CreateWithThree();
        await Subscribe();
        await Configured(("membersonly", "1"));
        await Crone.Send($"<message to='{Room}' type='groupchat' id='1'><body>1</body></message>");
        await ExpectNothing(Account);
        await Administer(Crone, $"<item affiliation='member' jid='{Hecates}'/>");
        await Crone.Send($"<message to='{Room}' type='groupchat' id='2'><body>2</body></message>");
        await Account.ExpectSoon(EventOf("firstwitch", "2"));
        await Administer(Crone, $"<item affiliation='outcast' jid='{Hecates}'/>");
        await Crone.Send($"<message to='{Room}' type='groupchat' id='3'><body>3</body></message>");
        await ExpectNothing(Account);
        Assert.Empty(_store[Room].Subscriptions);
        await Hecate.Send($"<iq type='set' id='s' to='{Room}'><subscribe xmlns='{Sub}' nick='fourthwitch'><event node='{Messages}'/></subscribe></iq>");
        await ExpectError(Hecate, "auth", "forbidden");
    }

    [Theory]
    [InlineData("membersonly", "1", "nick='x'", "auth", "registration-required")]
    [InlineData("allow_subscription", "0", "nick='x'", "cancel", "not-allowed")]
    [InlineData("roomname", "x", "nick='secondwitch'", "cancel", "conflict")]
    [InlineData("roomname", "x", "", "modify", "bad-request")]
    [InlineData("roomname", "x", "nick='x' jid='wiccarocks@shakespeare.lit'", "auth", "forbidden")]
    public async Task Who_may_not_enter_so_may_not_subscribe(string field, string value, string attributes, string type, string condition)
    {
        await CreateWithThree();
        await Configured((field, value));
        await Hecate.Send($"<iq type='set' id='s' to='{Room}'><subscribe xmlns='{Sub}' {attributes}><event node='{Messages}'/></subscribe></iq>");
        await ExpectError(Hecate, type, condition);
    }

    [Fact]
    public async Task The_room_s_password_is_needed()
    {
        await CreateWithThree();
        await Configured(("passwordprotectedroom", "1"), ("roomsecret", "cauldronburn"));
        await Hecate.Send($"<iq type='set' id='s' to='{Room}'><subscribe xmlns='{Sub}' nick='fourthwitch'><event node='{Messages}'/></subscribe></iq>");
        await ExpectError(Hecate, "auth", "not-authorized");
        await Hecate.Send($"<iq type='set' id='s2' to='{Room}'><subscribe xmlns='{Sub}' nick='fourthwitch' password='cauldronburn'><event node='{Messages}'/></subscribe></iq>");
        await Hecate.ExpectSoon($"<iq type='result' id='s2' from='{Room}'><subscribe xmlns='{Sub}' nick='fourthwitch'><event node='{Messages}'/></subscribe></iq>");
    }

    [Fact]
    public async Task Subscriptions_survive_the_process_and_end_when_they_are_taken_back()
    {
        await CreateWithThree(("persistentroom", "1"));
        await Subscribe();
        await Restart();
        await Hag.Send($"<message to='{Room}' type='groupchat' id='later'><body>later</body></message>");
        await Account.ExpectSoon(EventOf("thirdwitch", "later"));
        await Hecate.Send($"<iq type='set' id='u' to='{Room}'><unsubscribe xmlns='{Sub}'/></iq>");
        await Hecate.ExpectSoon($"<iq type='result' id='u' from='{Room}'/>");
        await Hag.Send($"<message to='{Room}' type='groupchat' id='gone'><body>gone</body></message>");
        await ExpectNothing(Account);
        Assert.Empty(_store[Room].Subscriptions);
    }

    [Fact]
    public async Task The_room_lists_subscribers_with_addresses_for_its_admins_and_by_nick_for_others()
    {
        await CreateWithThree();
        await Subscribe();
        await Crone.Send($"<iq type='get' id='l' to='{Room}'><subscriptions xmlns='{Sub}'/></iq>");
        await Crone.ExpectSoon($"<iq type='result' id='l' from='{Room}'><subscriptions xmlns='{Sub}'>" +
            $"<subscription nick='fourthwitch' jid='{Hecates}'><event node='{Messages}'/></subscription></subscriptions></iq>");
        await Hag.Send($"<iq type='get' id='l' to='{Room}'><subscriptions xmlns='{Sub}'/></iq>");
        await Hag.ExpectSoon($"<iq type='result' id='l' from='{Room}'><subscriptions xmlns='{Sub}'><subscription nick='fourthwitch'/></subscriptions></iq>");
        await Person("stranger@shakespeare.lit/x").Send($"<iq type='get' id='l' to='{Room}'><subscriptions xmlns='{Sub}'/></iq>");
        await ExpectError(Person("stranger@shakespeare.lit/x"), "auth", "forbidden");
    }

    [Fact]
    public async Task Subject_configuration_affiliations_and_presence_come_to_those_who_asked_for_them()
    {
        await CreateWithThree();
        await Subscribe("subject", "config", "affiliations", "presence");
        await Crone.Send($"<message to='{Room}' type='groupchat' id='t'><subject>Fire Burn</subject></message>");
        await Account.ExpectSoon($"<message from='{Room}' id='...'><event xmlns='{Event}'><items node='urn:xmpp:mucsub:nodes:subject'><item id='...'>" +
            $"<message xmlns='jabber:client' type='groupchat' from='{Room}/firstwitch' id='t'><subject>Fire Burn</subject>...</message></item></items></event>...</message>");
        await Submit(Crone, ("roomname", "Another"));
        await Account.ExpectSoon($"<message from='{Room}' id='...'><event xmlns='{Event}'><items node='urn:xmpp:mucsub:nodes:config'><item id='...'>" +
            $"<message xmlns='jabber:client' type='groupchat' from='{Room}'><x xmlns='{User}'><status code='104'/></x></message></item></items></event></message>");
        await SendItems(Crone, "<item affiliation='member' jid='banquo@shakespeare.lit'/>");
        await Account.ExpectSoon($"<message from='{Room}' id='...'><event xmlns='{Event}'><items node='urn:xmpp:mucsub:nodes:affiliations'><item id='...'>" +
            $"<message xmlns='jabber:client' from='{Room}'><x xmlns='{User}'><item affiliation='member' role='none'/></x></message></item></items></event></message>");
        await Hag.Send($"<presence type='unavailable' to='{Room}/thirdwitch'/>");
        await Account.ExpectSoon($"<message from='{Room}' id='...'><event xmlns='{Event}'><items node='urn:xmpp:mucsub:nodes:presence'><item id='...'>" +
            $"<presence xmlns='jabber:client' type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='none'/></x>...</presence></item></items></event></message>");
    }

    [Fact]
    public async Task Who_is_banned_from_the_service_hears_nothing_from_that_moment()
    {
        await CreateWithThree();
        await Subscribe();
        await Hag.Send($"<message to='{Room}' type='groupchat' id='1'><body>1</body></message>");
        await Account.ExpectSoon(EventOf("thirdwitch", "1"));
        Bans.Set(new ServiceBan(Jid.Parse(Hecates), "Out.", null, Time.GetUtcNow(), AuditActors.Operator));
        await InRoom<bool>((room, effects, done) =>
        {
            room.Eject(effects);
            done(true);
        });
        await Hag.Send($"<message to='{Room}' type='groupchat' id='2'><body>2</body></message>");
        await ExpectNothing(Account);
        await Hecate.Send($"<message to='{Room}' type='groupchat' id='3'><body>3</body></message>");
        await ExpectRefusal(Hecate, "message", Room, "cancel", "not-acceptable");
    }

    [Fact]
    public async Task Who_is_muted_does_not_speak_from_afar_either()
    {
        await CreateWithThree();
        await Subscribe();
        var mute = new MuteRecord(Jid.Parse(Hecates), null, "enough", AuditActors.Operator, Time.GetUtcNow());
        Assert.Null(await InRoom<Annex.Xmpp.Stanzas.StanzaError?>((room, effects, done) => room.Mute(mute, null, effects, done)));
        await Hecate.Send($"<message to='{Room}' type='groupchat' id='m'><body>still me</body></message>");
        await ExpectRefusal(Hecate, "message", Room, "auth", "forbidden");
    }

    [Fact]
    public async Task Whose_voice_was_taken_in_the_room_does_not_speak_from_another_client()
    {
        await CreateWithThree();
        await Subscribe();
        var other = Person($"{Hecates}/cauldron");
        await Enter(Hecate, "fourthwitch");
        await other.Send($"<message to='{Room}' type='groupchat' id='a'><body>a</body></message>");
        await SeeSoon(Wicca, $"<message from='{Room}/fourthwitch' type='groupchat' id='a'><body>a</body></message>");
        await Administer(Crone, "<item nick='fourthwitch' role='visitor'/>");
        await other.Send($"<message to='{Room}' type='groupchat' id='b'><body>b</body></message>");
        await ExpectRefusal(other, "message", Room, "auth", "forbidden");
    }

    [Fact]
    public async Task An_account_that_is_erased_is_subscribed_no_longer()
    {
        await CreateWithThree(("persistentroom", "1"));
        await Subscribe();
        await InRoom<(int, bool)?>((room, effects, done) => room.Erase(Jid.Parse(Hecates), effects, done));
        await Hag.Send($"<message to='{Room}' type='groupchat' id='gone'><body>gone</body></message>");
        await ExpectNothing(Account);
        Assert.Empty(_store[Room].Subscriptions);
    }

    private async Task Subscribe(params string[] nodes)
    {
        nodes = nodes.Length == 0 ? ["messages"] : nodes;
        var events = string.Concat(nodes.Select(n => $"<event node='urn:xmpp:mucsub:nodes:{n}'/>"));
        await Hecate.Send($"<iq type='set' id='sub' to='{Room}'><subscribe xmlns='{Sub}' nick='fourthwitch'>{events}<event node='urn:unknown'/></subscribe></iq>");
        await Hecate.ExpectSoon($"<iq type='result' id='sub' from='{Room}'><subscribe xmlns='{Sub}' nick='fourthwitch'>...</subscribe></iq>");
        _ = Account;
        await Forget();
    }

    private static string EventOf(string nick, string id, string? body = null) =>
        $"<message from='{Room}' id='...'><event xmlns='{Event}'><items node='{Messages}'><item id='...'><message xmlns='jabber:client' " +
        $"type='groupchat' from='{Room}/{nick}' id='{id}'><body>{body ?? id}</body>...</message></item></items></event>...</message>";
}
