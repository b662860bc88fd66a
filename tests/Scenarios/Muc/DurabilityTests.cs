using Annex.Muc;
using Annex.Muc.Rooms;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>What a client is told is kept is stored first; people, like rooms, outlive the process.</summary>
public sealed class DurabilityTests : ChatScenario
{
    private readonly MemoryStore _store = new();

    private protected override IRoomStore Store => _store;

    protected override void Configure(MucOptions options)
    {
        (options.IdleAfter, options.MailboxStanzas) = (TimeSpan.FromMinutes(1), 16);
        options.GhostChecksPerSecond = 2;
    }

    [Fact]
    public async Task A_message_is_reflected_when_it_is_stored_and_not_before()
    {
        await CreateWithThree();
        _store.IsHeld = true;
        await Hag.Send($"<message to='{Room}' type='groupchat' id='one'><body>one</body></message>");
        await Hag.Send($"<message to='{Room}' type='groupchat' id='two'><body>two</body></message>");
        await _store.WhenPendingAsync(2);
        await Wicca.ExpectNothing();
        _store.Settle(true);
        await See(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat' id='one'><body>one</body></message>");
        await See(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat' id='two'><body>two</body></message>");
        _store.IsHeld = false;
    }

    [Fact]
    public async Task A_message_that_cannot_be_stored_is_refused_and_is_in_no_history()
    {
        await CreateWithThree();
        _store.IsHeld = true;
        await Hag.Send($"<message to='{Room}' type='groupchat' id='lost'><body>lost</body></message>");
        await _store.WhenPendingAsync(1);
        _store.Settle(false);
        await ExpectRefusal(Hag, "message", Room, "wait", "resource-constraint");
        _store.IsHeld = false;
        await Ask(Hecate, "fourthwitch");
        await Hecate.ExpectSoon($"<message from='{Room}' type='groupchat'><subject/></message>");
        Assert.DoesNotContain(Hecate.TakeAll(), s => s.Name.LocalName == "message");
    }

    [Fact]
    public async Task Who_enters_while_a_message_waits_sees_it_in_the_history_and_only_there()
    {
        await CreateWithThree();
        _store.IsHeld = true;
        await Hag.Send($"<message to='{Room}' type='groupchat' id='m'><body>m</body></message>");
        await _store.WhenPendingAsync(1);
        await Ask(Hecate, "fourthwitch");
        await Hecate.ExpectNothing();
        _store.IsHeld = false;
        _store.Settle(true);
        await SeeSoon(Hecate, $"<message from='{Room}/thirdwitch' type='groupchat' id='m'>...<body>m</body><delay xmlns='urn:xmpp:delay' from='{Room}' stamp='...'/></message>");
        await Hecate.ExpectSoon($"<message from='{Room}' type='groupchat'><subject/></message>");
        await Server.Settle(Room);
        Assert.DoesNotContain(Hecate.TakeAll(), s => s.Name.LocalName == "message");
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_stored_is_refused_and_not_in_force()
    {
        await CreateWithThree();
        _store.IsHeld = true;
        await Submit(Crone, ("membersonly", "1"));
        await _store.WhenPendingAsync(1);
        await Crone.ExpectNothing();
        _store.Settle(false);
        await ExpectError(Crone, "wait", "resource-constraint");
        _store.IsHeld = false;
        await Ask(Hecate, "fourthwitch");
        await SeeSoon(Hecate, $"<presence from='{Room}/fourthwitch'><x xmlns='{User}'>...<status code='110'/></x></presence>");
    }

    [Fact]
    public async Task An_affiliation_is_answered_when_it_is_stored()
    {
        await CreateWithThree();
        _store.IsHeld = true;
        await SendItems(Crone, "<item affiliation='outcast' jid='hag66@shakespeare.lit'/>");
        await _store.WhenPendingAsync(1);
        await Hag.ExpectNothing();
        _store.IsHeld = false;
        _store.Settle(true);
        await ExpectResult(Crone);
        await See(Hag, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='301'/></x></presence>");
        Assert.Contains(_store[Room].Affiliations, a => a.Affiliation == Affiliation.Outcast);
    }

    [Fact]
    public async Task A_room_with_too_much_to_do_says_wait_and_no_other_room_does()
    {
        await CreateWithThree();
        _store.IsHeld = true;
        await Submit(Crone, ("roomname", "A Dark Cave"));
        await _store.WhenPendingAsync(1);
        for (var i = 0; i < 17; i++)
            await Hag.Send($"<message to='{Room}' type='groupchat' id='{i}'><body>{i}</body></message>");
        await Hag.Expect($"<message type='error' id='16' from='{Room}'><error type='wait'>..." +
            "<resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
        await Ask(Hecate, "hecate", room: "heath@chat.shakespeare.lit");
        await Hecate.Expect($"<presence from='heath@chat.shakespeare.lit/hecate'>...</presence>");
        _store.IsHeld = false;
        _store.Settle(true);
        await SeeSoon(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat' id='15'><body>15</body></message>");
    }

    [Fact]
    public async Task While_the_database_is_away_a_room_that_sleeps_says_wait()
    {
        _store.IsAway = true;
        await Ask(Hag, "thirdwitch");
        await Hag.Expect($"<presence type='error' from='{Room}/thirdwitch'><error type='wait'>..." +
            "<resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
        _store.IsAway = false;
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='201'/></x></presence>");
    }

    [Fact]
    public async Task After_a_restart_everybody_is_still_there_and_nobody_sees_a_join_or_leave()
    {
        await CreateWithThree(("persistentroom", "1"));
        await Wicca.Send($"<presence to='{Room}/secondwitch'><show>away</show></presence>");
        await Forget();
        await Restart();
        await ExpectNothing(Crone, Wicca, Hag);
        await Hag.Send($"<message to='{Room}' type='groupchat' id='after'><body>Where the place?</body></message>");
        foreach (var witch in new[] { Crone, Wicca, Hag })
            await See(witch, $"<message from='{Room}/thirdwitch' type='groupchat' id='after'><body>Where the place?</body></message>");
        await Hecate.Send($"<iq type='get' id='ping' to='{Room}/fourthwitch'><ping xmlns='urn:xmpp:ping'/></iq>");
        await Hecate.Expect($"<iq type='error' id='ping' from='{Room}/fourthwitch'>...</iq>");
        await Ask(Hecate, "fourthwitch");
        await SeeSoon(Hecate, $"<presence from='{Room}/secondwitch'><show>away</show><x xmlns='{User}'><item affiliation='none' role='participant'/></x></presence>");
        await SeeSoon(Hecate, $"<presence from='{Room}/firstwitch'><x xmlns='{User}'><item affiliation='owner' role='moderator'/></x></presence>");
    }

    [Fact]
    public async Task What_may_have_been_lost_with_the_process_is_told_again_with_the_ids_that_it_had()
    {
        await CreateWithThree(("persistentroom", "1"));
        await Hag.Send($"<message to='{Room}' type='groupchat' id='last'><body>Double, double</body></message>");
        var seen = await See(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat' id='last'><body>Double, double</body></message>");
        await Restart();
        await Repeat(_store[Room].History);
        foreach (var witch in new[] { Crone, Wicca, Hag })
        {
            var again = await See(witch, $"<message from='{Room}/thirdwitch' type='groupchat' id='last'><body>Double, double</body></message>");
            Assert.Equal(seen.Elements().Single(e => e.Name.LocalName == "stanza-id").ToString(),
                again.Elements().Single(e => e.Name.LocalName == "stanza-id").ToString());
        }
        Assert.Equal(1, RepeatedCount);
    }

    [Fact]
    public async Task Ghosts_are_asked_at_a_bounded_rate_and_removed_by_the_rule()
    {
        await CreateWithThree(("persistentroom", "1"));
        await Restart();
        Assert.Equal(2, AskForGhosts());
        Assert.Equal(1, AskForGhosts());
        Assert.Equal(0, AskForGhosts());
        foreach (var witch in new[] { Crone, Wicca, Hag })
            await witch.Expect($"<iq type='get' id='{{{witch.Jid.Split('@')[0]}}}' from='{Room}'><ping xmlns='urn:xmpp:ping'/></iq>");
        await Crone.Send($"<iq type='result' id='{{crone1}}' to='{Room}'/>");
        await Wicca.Send($"<iq type='error' id='{{wiccarocks}}' to='{Room}'><error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
        await See(Crone, $"<presence type='unavailable' from='{Room}/secondwitch'><x xmlns='{User}'>...<status code='333'/></x></presence>");
        // No answer to a ping says nothing yet: a message that a server has to return does.
        await Hag.Send($"<iq type='error' id='{{hag66}}' to='{Room}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
        await SeeSoon(Hag, $"<presence type='unavailable' from='{Room}/secondwitch'>...</presence>");
        await Hag.Expect($"<message type='groupchat' from='{Room}'><no-store xmlns='urn:xmpp:hints'/><no-copy xmlns='urn:xmpp:hints'/></message>");
        await Hag.Send($"<message type='error' to='{Room}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
        await See(Crone, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='333'/></x></presence>");
    }

    [Fact]
    public async Task An_idle_room_leaves_memory_and_comes_back_on_the_next_stanza_with_its_history()
    {
        await Create(("persistentroom", "1"), ("roomname", "A Dark Cave"));
        await Crone.Send($"<message to='{Room}' type='groupchat' id='old'><body>old</body></message>");
        await Crone.Send($"<presence type='unavailable' to='{Room}/firstwitch'/>");
        await Forget();
        Assert.Equal(1, RoomsInMemory);
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, RoomsInMemory);
        await Hag.Send($"<iq type='get' id='l' to='{Service}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>");
        await Hag.Expect($"<iq type='result' id='l' from='{Service}'><query xmlns='http://jabber.org/protocol/disco#items'><item jid='{Room}' name='A Dark Cave'/></query></iq>");
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='participant' jid='...'/><status code='110'/></x></presence>");
        await SeeSoon(Hag, $"<message from='{Room}/firstwitch' type='groupchat' id='old'><body>old</body><delay xmlns='urn:xmpp:delay' from='{Room}' stamp='...'/></message>");
    }

    [Fact]
    public async Task Who_was_banned_in_the_moment_in_which_the_process_ended_is_out_when_it_is_back()
    {
        await CreateWithThree(("persistentroom", "1"));
        var room = Annex.Xmpp.Addressing.Jid.Parse(Room);
        _store.Commit(room, [new AffiliationChange(new AffiliationRecord(Annex.Xmpp.Addressing.Jid.Parse("hag66@shakespeare.lit"),
            Affiliation.Outcast, null, "Treason"), room)], null);
        _store.Settle(true);
        await Restart(forgets: false);
        await Hag.Expect($"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'>" +
            "<item affiliation='outcast' role='none' jid='...'><reason>Treason</reason></item><status code='110'/><status code='301'/></x>...</presence>");
        await Wicca.Expect($"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'>" +
            "<item affiliation='outcast' role='none'><reason>Treason</reason></item><status code='301'/></x>...</presence>");
    }

    [Fact]
    public async Task A_temporary_room_whose_people_all_left_while_nobody_looked_is_gone()
    {
        await Create();
        _store.Commit(Annex.Xmpp.Addressing.Jid.Parse(Room), [new OccupantRemoved(Annex.Xmpp.Addressing.Jid.Parse(Crone.Jid))], null);
        await Restart();
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='201'/></x></presence>");
    }

    [Fact]
    public async Task Who_asks_for_the_list_while_it_is_read_shares_the_next_read_and_misses_nothing()
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.ListsAfter = hold.Task;
        var list = $"<iq type='get' id='list' to='{Service}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>";
        await Wicca.Send(list);
        await Server.Settle();
        await CreateWithThree();
        var askers = Enumerable.Range(0, 30).Select(i => Person($"asker{i}@shakespeare.lit/x")).ToList();
        foreach (var asker in askers)
            await asker.Send(list);
        await Server.Settle();
        Assert.Equal(1, _store.ListCount);
        _store.ListsAfter = null;
        hold.SetResult();
        foreach (var asker in askers)
        {
            await asker.ExpectSoon($"<iq type='result' id='list' from='{Service}'><query xmlns='http://jabber.org/protocol/disco#items'>"
                + $"<item jid='{Room}' name='...'/></query></iq>");
        }
        Assert.Equal(2, _store.ListCount);
    }

    [Fact]
    public async Task A_list_that_was_just_read_is_not_read_again_until_a_room_changes()
    {
        await Create();
        await Configured(("muc#roomconfig_roomname", "A Dark Cave"));
        var list = $"<iq type='get' id='list' to='{Service}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>";
        foreach (var (name, reads) in (IEnumerable<(string, int)>)[("A Dark Cave", 1), ("A Heath", 2)])
        {
            for (var i = 0; i < 100; i++)
            {
                await Wicca.Send(list);
                await Wicca.ExpectSoon($"<iq type='result' id='list' from='{Service}'><query xmlns='http://jabber.org/protocol/disco#items'>"
                    + $"<item jid='{Room}' name='{name}'/></query></iq>");
            }
            Assert.Equal(reads, _store.ListCount);
            await Configured(("muc#roomconfig_roomname", "A Heath"));
        }
    }
}
