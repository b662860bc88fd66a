using Annex.Muc;
using Annex.Testing.Scripted;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>Everything that somebody can send or have is bounded, each bound is an option, and the answer names the limit with the
/// protocol's own error.</summary>
public sealed class LimitTests : ChatScenario
{
    private const string Errors = "urn:ietf:params:xml:ns:xmpp-stanzas";
    private const string Other = "heath@chat.shakespeare.lit";
    private const string Third = "castle@chat.shakespeare.lit";

    private ScriptedUser Bard => Person("bard@shakespeare.lit/globe");

    protected override void Configure(MucOptions options)
    {
        options.MaxRooms = 3;
        options.MaxRoomsPerUser = 2;
        options.MaxJoinedPerUser = 2;
        options.MaxOccupants = 4;
        options.ReservedPlaces = 1;
        options.MaxSessionsPerNick = 2;
        options.MaxNickLength = 20;
        options.MaxNameLength = 30;
        options.MaxTextLength = 60;
        options.MaxMessageBytes = 2048;
        options.MaxPresenceBytes = 512;
        options.MaxAffiliations = 10;
        options.MaxItems = 5;
        options.MaxHistory = 5;
        options.MaxRelays = 4;
        options.MaxAnswerBytes = 900;
        options.MessagesPerSecond = 1;
        options.MessageBurst = 4;
        options.RoomMessagesPerSecond = 1;
        options.RoomMessageBurst = 6;
    }

    [Fact]
    public async Task Beyond_its_limit_a_person_creates_no_room_until_one_of_its_rooms_is_gone()
    {
        await Open(Crone, Other, "persistentroom");
        await Leave(Crone, Other);
        await Open(Crone, Third);
        await Leave(Crone, Third); // temporary: gone
        await Create();
        await Refused(Crone, Third, "resource-constraint");
        await Crone.Send($"<presence type='unavailable' to='{Room}/firstwitch'/>");
        await Forget();
        await Refused(Crone, Third, expected: null);
    }

    [Fact]
    public async Task A_full_service_takes_no_further_room_but_from_an_operator()
    {
        await Create();
        await Open(Hag, Other);
        await Open(Wicca, Third);
        await Refused(Hecate, "fourth@chat.shakespeare.lit", "resource-constraint");
        await Refused(Bard, "fourth@chat.shakespeare.lit", expected: null);
    }

    [Fact]
    public async Task A_person_may_be_in_so_many_rooms_at_once()
    {
        await Create();
        await Open(Hag, Other);
        await Open(Wicca, Third);
        await Enter(Hag, "thirdwitch");
        await Refused(Hag, Third, "resource-constraint", "hag");
        await Leave(Hag, Other);
        await Refused(Hag, Third, expected: null, "hag");
    }

    [Fact]
    public async Task A_room_holds_no_more_than_the_service_lets_it_whatever_its_owner_says()
    {
        await CreateWithThree();
        await Enter(Hecate, "fourth");
        var fifth = Person("fifth@shakespeare.lit/x");
        await Refused(fifth, Room, "service-unavailable");
        await Submit(Crone, ("maxusers", "5"));
        await Crone.ExpectSoon($"<iq type='error' id='config' from='{Room}'><error type='modify'>...<not-acceptable xmlns='{Errors}'/></error></iq>");
    }

    [Fact]
    public async Task So_many_sessions_share_a_nick()
    {
        await Create();
        await Enter(Hag, "thirdwitch");
        await Enter(Person("hag66@shakespeare.lit/phone"), "thirdwitch");
        var tablet = Person("hag66@shakespeare.lit/tablet");
        await Ask(tablet, "thirdwitch");
        await ExpectRefusal(tablet, "presence", $"{Room}/thirdwitch", "cancel", "conflict");
    }

    [Theory]
    [InlineData("roomname", 31)]
    [InlineData("roomsecret", 31)]
    [InlineData("roomdesc", 61)]
    [InlineData("lang", 36)]
    [InlineData("pubsub", 31)]
    [InlineData("contactjid", 31)]
    public async Task A_text_of_the_configuration_that_is_too_long_is_not_acceptable(string field, int length)
    {
        await Create();
        await Submit(Crone, (field, new string('x', length)));
        await Crone.ExpectSoon($"<iq type='error' id='config' from='{Room}'><error type='modify'>...<not-acceptable xmlns='{Errors}'/></error></iq>");
        await Submit(Crone, (field, new string('x', length - 1)));
        await Crone.ExpectSoon($"<iq type='result' id='config' from='{Room}'/>");
    }

    [Fact]
    public async Task A_nick_a_subject_and_a_reason_that_are_too_long_are_refused()
    {
        await Create();
        await Refused(Hag, Room, "jid-malformed", new string('n', 21));
        await Crone.Send($"<message to='{Room}' type='groupchat' id='s'><subject>{new string('s', 61)}</subject></message>");
        await Crone.ExpectSoon($"<message type='error' id='s' from='{Room}'><error by='{Room}' type='modify'>...<policy-violation xmlns='{Errors}'/></error></message>");
        await SendItems(Crone, $"<item jid='hag66@shakespeare.lit' affiliation='outcast'><reason>{new string('r', 61)}</reason></item>");
        await ExpectError(Crone, "modify", "not-acceptable");
    }

    [Fact]
    public async Task All_unaffiliated_people_together_have_a_rate_and_affiliated_ones_none()
    {
        await CreateWithThree();
        for (var i = 0; i < 4; i++)
        {
            await Hag.Send($"<message to='{Room}' type='groupchat' id='h{i}'><body>{i}</body></message>");
            await Wicca.Send($"<message to='{Room}' type='groupchat' id='w{i}'><body>{i}</body></message>");
        }
        await Wicca.ExpectSoon($"<message type='error' from='{Room}' id='w3'><error by='{Room}' type='wait'>...<policy-violation xmlns='{Errors}'/></error></message>");
        for (var i = 0; i < 20; i++)
            await Crone.Send($"<message to='{Room}' type='groupchat' id='c{i}'><body>{i}</body></message>");
        await SeeSoon(Wicca, $"<message from='{Room}/firstwitch' type='groupchat' id='c19'><body>19</body></message>");
        Time.Advance(TimeSpan.FromSeconds(1));
        await Forget();
        await Wicca.Send($"<message to='{Room}' type='groupchat' id='again'><body>again</body></message>");
        await See(Hag, $"<message from='{Room}/secondwitch' type='groupchat' id='again'><body>again</body></message>");
    }

    [Fact]
    public async Task Subjects_nicks_and_invitations_are_bounded_by_the_same_rate()
    {
        await CreateWithThree(("changesubject", "1"));
        await Hag.Send($"<message to='{Room}' type='groupchat' id='1'><subject>a</subject></message>");
        await Hag.Send($"<presence to='{Room}/hag'/>");
        await Hag.Send($"<message to='{Room}' id='2'><x xmlns='{User}'><invite to='a@b.lit'/><invite to='c@b.lit'/></x></message>");
        await Forget();
        await Hag.Send($"<message to='{Room}' id='3'><x xmlns='{User}'><invite to='d@b.lit'/></x></message>");
        await ExpectRefusal(Hag, "message", Room, "wait", "policy-violation");
        await Hag.Send($"<message to='{Room}' type='groupchat' id='4'><subject>b</subject></message>");
        await ExpectRefusal(Hag, "message", Room, "wait", "policy-violation");
        await Hag.Send($"<presence to='{Room}/thirdwitch'/>");
        await ExpectRefusal(Hag, "presence", $"{Room}/thirdwitch", "wait", "policy-violation");
        await ExpectNothing(Crone, Wicca);
    }

    [Fact]
    public async Task Of_a_large_presence_the_basics_are_shown_and_a_status_without_end_is_not()
    {
        await CreateWithThree();
        await Hag.Send($"<presence to='{Room}/thirdwitch'><show>away</show><x xmlns='urn:witch:brew'>{new string('x', 600)}</x></presence>");
        await See(Wicca, $"<presence from='{Room}/thirdwitch'><show>away</show><x xmlns='{User}'>...</x></presence>");
        await Hag.Send($"<presence to='{Room}/thirdwitch'><show>dnd</show><status>{new string('s', 600)}</status></presence>");
        await See(Wicca, $"<presence from='{Room}/thirdwitch'><show>dnd</show><x xmlns='{User}'>...</x></presence>");
    }

    [Fact]
    public async Task An_iq_between_occupants_is_no_larger_than_a_message_and_one_asker_leaves_room_for_others()
    {
        await CreateWithThree();
        await Hag.Send($"<iq type='get' id='big' to='{Room}/secondwitch'><brew xmlns='urn:witch'>{new string('x', 2100)}</brew></iq>");
        await Hag.ExpectSoon($"<iq type='error' id='big' from='{Room}/secondwitch'><error by='{Room}' type='modify'>...<policy-violation xmlns='{Errors}'/></error></iq>");
        for (var i = 0; i < 3; i++)
            await Hag.Send($"<iq type='get' id='q{i}' to='{Room}/secondwitch'><brew xmlns='urn:witch'/></iq>");
        await Hag.ExpectSoon($"<iq type='error' id='q2' from='{Room}/secondwitch'><error by='{Room}' type='wait'>...<resource-constraint xmlns='{Errors}'/></error></iq>");
        await Forget();
        await Crone.Send($"<iq type='get' id='c' to='{Room}/secondwitch'><brew xmlns='urn:witch'/></iq>");
        await Wicca.ExpectSoon($"<iq type='get' id='...' from='{Room}/firstwitch'><brew xmlns='urn:witch'/></iq>");
    }

    [Fact]
    public async Task A_list_that_is_too_long_for_one_answer_can_be_had_in_pages()
    {
        await Create();
        var items = Enumerable.Range(0, 9).Select(i => $"<item jid='a-person-with-a-long-name-{i}@a-place-that-is-far-away.shakespeare.lit' affiliation='outcast'/>").ToList();
        await Administer(Crone, string.Concat(items[..5]));
        await Administer(Crone, string.Concat(items[5..]));
        await SendItems(Crone, "<item affiliation='outcast'/>", "get");
        await ExpectError(Crone, "modify", "resource-constraint");
        await SendItems(Crone, "<item affiliation='outcast'/><set xmlns='http://jabber.org/protocol/rsm'><max>2</max>" +
            "<after>a-person-with-a-long-name-3@a-place-that-is-far-away.shakespeare.lit</after></set>", "get");
        await Crone.ExpectSoon($"<iq type='result' id='admin' from='{Room}'><query xmlns='http://jabber.org/protocol/muc#admin'>" +
            string.Concat(items[4..6]) + "<set xmlns='http://jabber.org/protocol/rsm'>...<count>9</count></set></query></iq>");
    }

    [Fact]
    public async Task The_occupants_of_a_room_come_in_pages()
    {
        await CreateWithThree();
        await Hag.Send($"<iq type='get' id='d' to='{Room}'><query xmlns='http://jabber.org/protocol/disco#items'>" +
            "<set xmlns='http://jabber.org/protocol/rsm'><max>2</max><after>firstwitch</after></set></query></iq>");
        await Hag.ExpectSoon($"<iq type='result' id='d' from='{Room}'><query xmlns='http://jabber.org/protocol/disco#items'>" +
            $"<item jid='{Room}/secondwitch'/><item jid='{Room}/thirdwitch'/>" +
            "<set xmlns='http://jabber.org/protocol/rsm'><first index='1'>secondwitch</first><last>thirdwitch</last><count>3</count></set></query></iq>");
    }

    [Fact]
    public async Task A_rooms_lists_and_one_request_for_them_have_an_end()
    {
        await Create();
        await SendItems(Crone, string.Concat(Enumerable.Range(0, 6).Select(i => $"<item jid='p{i}@b.lit' affiliation='member'/>")));
        await ExpectError(Crone, "modify", "bad-request");
        foreach (var start in new[] { 0, 5 })
        {
            await SendItems(Crone, string.Concat(Enumerable.Range(start, 5).Select(i => $"<item jid='p{i}@b.lit' affiliation='member'/>")));
            if (start == 0)
                await ExpectResult(Crone);
        }
        await ExpectError(Crone, "wait", "resource-constraint"); // its owner stands in the lists too
    }

    [Fact]
    public async Task The_history_is_no_longer_than_the_service_lets_it()
    {
        await Create(("historylength", "1000"));
        for (var i = 0; i < 8; i++)
            await Crone.Send($"<message to='{Room}' type='groupchat' id='c{i}'><body>{i}</body></message>");
        await Forget();
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"<message from='{Room}/firstwitch' type='groupchat' id='c3'><body>3</body><delay xmlns='urn:xmpp:delay' from='{Room}' stamp='...'/></message>");
    }

    private async Task Open(ScriptedUser user, string room, string? field = null)
    {
        await Ask(user, "nick", room: room);
        var form = field is null ? "" : $"<field var='muc#roomconfig_{field}'><value>1</value></field>";
        await user.Send($"<iq type='set' id='open' to='{room}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>{form}</x></query></iq>");
        await user.ExpectSoon($"<iq type='result' id='open' from='{room}'/>");
        await Server.Settle(room);
        await Forget();
    }

    private async Task Leave(ScriptedUser user, string room)
    {
        await user.Send($"<presence type='unavailable' to='{room}/nick'/>");
        await Server.Settle(room);
        await Forget();
    }

    /// <summary>Tries to enter; null: it is let in.</summary>
    private async Task Refused(ScriptedUser user, string room, string? expected, string nick = "nick")
    {
        await Forget();
        await Ask(user, nick, room: room);
        if (expected is null)
            await user.ExpectSoon($"<presence from='{room}/{nick}'>...</presence>");
        else
            await user.ExpectSoon(Refusal(room, nick, expected, expected == "jid-malformed" ? "modify" : "wait"));
        await Forget();
    }

    private static string Refusal(string room, string nick, string condition, string type) =>
        $"<presence type='error' from='{room}/{nick}'>{Muc}<error by='{room}' type='{type}'>...<{condition} xmlns='{Errors}'/></error></presence>";
}
