using Annex.Muc;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0045 §5.2, §9, §10.3 to §10.8: affiliations, who may change them, and what everybody is told.</summary>
public sealed class AdminTests : ChatScenario
{
    [Fact]
    public async Task S47_A_ban_removes_all_resources_and_nicks_with_301_and_frees_the_nick()
    {
        await CreateWithThree();
        await Administer(Crone, "<item affiliation='member' jid='hag66@shakespeare.lit' nick='thirdwitch'/>");
        var phone = Person("hag66@shakespeare.lit/phone");
        await Enter(phone, "oldhag");
        await SendItems(Crone, "<item affiliation='outcast' jid='hag66@shakespeare.lit/pda'><reason>Treason</reason></item>");
        await ExpectResult(Crone);
        foreach (var (session, nick) in new[] { (Hag, "thirdwitch"), (phone, "oldhag") })
        {
            await SeeSoon(session, $"""
                <presence type='unavailable' from='{Room}/{nick}'>
                  <x xmlns='{User}'>
                    <item affiliation='outcast' role='none' jid='{session.Jid}'><actor nick='firstwitch'/><reason>Treason</reason></item>
                    <status code='110'/><status code='301'/>
                  </x>
                </presence>
                """);
            await SeeSoon(Wicca, $"""
                <presence type='unavailable' from='{Room}/{nick}'>
                  <x xmlns='{User}'>
                    <item affiliation='outcast' role='none'><actor nick='firstwitch'/><reason>Treason</reason></item>
                    <status code='301'/>
                  </x>
                </presence>
                """);
        }
        await Ask(Hecate, "thirdwitch");
        await SeeSoon(Hecate, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='110'/></x></presence>");
        await SendItems(Crone, "<item affiliation='outcast'/>", "get");
        await Crone.ExpectSoon($"<iq type='result' from='{Room}'><query xmlns='http://jabber.org/protocol/muc#admin'>" +
            "<item affiliation='outcast' jid='hag66@shakespeare.lit'><reason>Treason</reason></item></query></iq>");
    }

    [Theory]
    [InlineData("<item affiliation='outcast' jid='wiccarocks@shakespeare.lit'/>", "conflict")]
    [InlineData("<item affiliation='outcast' jid='crone1@shakespeare.lit'/>", "not-allowed")]
    [InlineData("<item affiliation='outcast' jid='duncan@shakespeare.lit'/>", "not-allowed")]
    public async Task S48_One_item_that_may_not_be_refuses_all(string refused, string condition)
    {
        await CreateWithThree();
        await Administer(Crone, "<item affiliation='admin' jid='wiccarocks@shakespeare.lit'/><item affiliation='admin' jid='duncan@shakespeare.lit'/>");
        await SendItems(Wicca, "<item affiliation='outcast' jid='hag66@shakespeare.lit'/>" + refused);
        await ExpectError(Wicca, "cancel", condition);
        await ExpectNothing(Hag, Crone);
        await SendItems(Wicca, "<item affiliation='outcast'/>", "get");
        await Wicca.ExpectSoon($"<iq type='result' from='{Room}'><query xmlns='http://jabber.org/protocol/muc#admin'/></iq>");
    }

    [Fact]
    public async Task S48_Several_items_are_applied_together()
    {
        await CreateWithThree();
        await SendItems(Crone, "<item affiliation='outcast' jid='lordscroop@shakespeare.lit'/><item affiliation='outcast' jid='hag66@shakespeare.lit'/>" +
            "<item affiliation='member' jid='wiccarocks@shakespeare.lit'/>");
        await ExpectResult(Crone);
        await SeeSoon(Hag, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='301'/></x></presence>");
        await SeeSoon(Wicca, $"<presence from='{Room}/secondwitch'><x xmlns='{User}'><item affiliation='member' role='participant' jid='...'>...</item><status code='110'/></x></presence>");
    }

    [Fact]
    public async Task S49_A_domains_ban_removes_all_of_it_but_not_who_has_an_affiliation_of_his_own()
    {
        await Create();
        await Enter(Person("iago@venice.lit/a"), "iago");
        await Administer(Crone, "<item affiliation='member' jid='othello@venice.lit'/>");
        await Enter(Person("othello@venice.lit/a"), "othello");
        await SendItems(Crone, "<item affiliation='outcast' jid='venice.lit'/>");
        await SeeSoon(Person("iago@venice.lit/a"), $"<presence type='unavailable' from='{Room}/iago'><x xmlns='{User}'>...<status code='301'/></x></presence>");
        await ExpectResult(Crone);
        await Ask(Person("cassio@venice.lit/a"), "cassio");
        await ExpectRefusal(Person("cassio@venice.lit/a"), "presence", $"{Room}/cassio", "auth", "forbidden");
        await Forget();
        await Person("othello@venice.lit/a").Send($"<message to='{Room}' type='groupchat' id='o'><body>I am here</body></message>");
        await SeeSoon(Crone, $"<message from='{Room}/othello' type='groupchat' id='o'><body>I am here</body></message>");
    }

    [Fact]
    public async Task S50_Lists_name_bare_JIDs_without_roles_and_an_empty_nick_frees_the_reserved_one()
    {
        await CreateWithThree();
        await Administer(Crone, "<item affiliation='member' jid='hag66@shakespeare.lit/pda' nick='hagatha'/>");
        await SendItems(Crone, "<item affiliation='member'/>", "get");
        await Crone.ExpectSoon($"<iq type='result' from='{Room}'><query xmlns='http://jabber.org/protocol/muc#admin'>" +
            "<item affiliation='member' jid='hag66@shakespeare.lit' nick='hagatha'/></query></iq>");
        await Administer(Crone, "<item affiliation='member' jid='hag66@shakespeare.lit' nick=''/>");
        await Ask(Hecate, "hagatha");
        await SeeSoon(Hecate, $"<presence from='{Room}/hagatha'><x xmlns='{User}'>...<status code='110'/></x></presence>");
    }

    [Theory]
    [InlineData("moderators", "member", false)]
    [InlineData("anyone", "member", true)]
    [InlineData("anyone", "admin", true)]
    [InlineData("anyone", "owner", true)]
    [InlineData("anyone", "outcast", false)]
    [InlineData("moderators", "owner", false)]
    public async Task S50_S53_Members_read_the_lists_of_a_non_anonymous_room_and_never_those_of_a_semi_anonymous_one(
        string whois, string list, bool may)
    {
        await Create(("whois", whois), ("membersonly", "1"));
        await Administer(Crone, "<item affiliation='member' jid='hag66@shakespeare.lit'/>");
        await SendItems(Hag, $"<item affiliation='{list}'/>", "get");
        if (may)
            await Hag.ExpectSoon($"<iq type='result' from='{Room}'><query xmlns='http://jabber.org/protocol/muc#admin'>...</query></iq>");
        else
            await ExpectError(Hag, "auth", "forbidden");
    }

    [Fact]
    public async Task S51_A_lost_membership_in_a_members_only_room_is_one_presence_with_321()
    {
        await Create(("membersonly", "1"));
        await Administer(Crone, "<item affiliation='member' jid='hag66@shakespeare.lit'/><item affiliation='member' jid='wiccarocks@shakespeare.lit'/>");
        await Enter(Hag, "thirdwitch");
        await Enter(Wicca, "secondwitch");
        await SendItems(Crone, "<item affiliation='none' jid='hag66@shakespeare.lit'/>");
        await See(Hag, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='none' jid='...'>" +
            "<actor nick='firstwitch'/></item><status code='110'/><status code='321'/></x></presence>");
        await See(Wicca, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='none'>" +
            "<actor nick='firstwitch'/></item><status code='321'/></x></presence>");
        await ExpectNothing(Hag, Wicca);
    }

    [Fact]
    public async Task S51_In_an_open_room_a_lost_membership_is_a_presence_with_affiliation_none()
    {
        await CreateWithThree();
        await Administer(Crone, "<item affiliation='member' jid='hag66@shakespeare.lit'/>");
        await SendItems(Crone, "<item affiliation='none' jid='hag66@shakespeare.lit'/>");
        await See(Wicca, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='participant'>...</item></x></presence>");
    }

    [Fact]
    public async Task S52_Who_is_added_to_a_members_only_room_is_invited()
    {
        await Create(("membersonly", "1"), ("passwordprotectedroom", "1"), ("roomsecret", "cauldronburn"), ("whois", "anyone"));
        await SendItems(Crone, "<item affiliation='member' jid='hecate@shakespeare.lit'/>");
        await Server.ExpectSoon($"<message from='{Room}' to='hecate@shakespeare.lit'><x xmlns='{User}'>" +
            "<invite from='crone1@shakespeare.lit'/><password>cauldronburn</password></x></message>");
    }

    [Theory]
    [InlineData("<item affiliation='owner' jid='x@shakespeare.lit'/>")]
    [InlineData("<item affiliation='admin' jid='x@shakespeare.lit'/>")]
    [InlineData("<item affiliation='none' jid='crone1@shakespeare.lit'/>")]
    [InlineData("<item affiliation='member' jid='duncan@shakespeare.lit'/>")]
    public async Task S53_The_lists_of_admins_and_owners_are_the_owners(string item)
    {
        await CreateWithThree();
        await Administer(Crone, "<item affiliation='admin' jid='wiccarocks@shakespeare.lit'/><item affiliation='admin' jid='duncan@shakespeare.lit'/>");
        await SendItems(Wicca, item);
        await ExpectError(Wicca, "auth", "forbidden");
        await SendItems(Hag, item);
        await ExpectError(Hag, "auth", "forbidden");
        await SendItems(Hecate, item);
        await ExpectError(Hecate, "auth", "forbidden");
    }

    [Fact]
    public async Task S54_The_last_owner_stays_one_by_whatever_route()
    {
        await CreateWithThree();
        await SendItems(Crone, "<item affiliation='admin' jid='crone1@shakespeare.lit'/>");
        await ExpectError(Crone, "cancel", "conflict");
        await SendItems(Crone, "<item affiliation='none' jid='crone1@shakespeare.lit'/>");
        await ExpectError(Crone, "cancel", "conflict");
        await Submit(Crone, ("muc#roomconfig_roomadmins", "crone1@shakespeare.lit"), ("muc#roomconfig_roomowners", ""));
        await ExpectError(Crone, "cancel", "conflict");
        await Crone.Send($"<iq type='set' id='r' to='{Room}'><query xmlns='jabber:iq:register'><remove/></query></iq>");
        await Crone.ExpectReply();
        await ExpectNothing(Wicca);
        await Administer(Crone, "<item affiliation='owner' jid='wiccarocks@shakespeare.lit'/>");
        await SendItems(Crone, "<item affiliation='admin' jid='crone1@shakespeare.lit'/>");
        await ExpectResult(Crone);
    }

    [Fact]
    public async Task S55_A_change_for_somebody_outside_is_told_to_the_room_with_the_JID_for_those_who_may_see_it()
    {
        await CreateWithThree();
        await SendItems(Crone, "<item affiliation='owner' jid='hecate@shakespeare.lit'/>");
        await ExpectResult(Crone);
        await Crone.Expect($"<message from='{Room}'><x xmlns='{User}'><item affiliation='owner' jid='hecate@shakespeare.lit' role='none'/></x></message>");
        await Wicca.Expect($"<message from='{Room}'><x xmlns='{User}'><item affiliation='owner' role='none'/></x></message>");
    }
}

/// <summary>The optional message to somebody whose affiliation changed while he was away (XEP-0045 §18.1).</summary>
public sealed class AbsentAffiliationTests : ChatScenario
{
    protected override void Configure(MucOptions options) => options.TellAbsentOfAffiliation = true;

    [Fact]
    public async Task S55_Where_the_operator_wants_it_the_person_is_told_with_101()
    {
        await Create();
        await SendItems(Crone, "<item affiliation='member' jid='hecate@shakespeare.lit'/>");
        await Server.ExpectSoon($"<message from='{Room}' to='hecate@shakespeare.lit'><x xmlns='{User}'>" +
            "<item affiliation='member' role='none'/><status code='101'/></x></message>");
    }
}
