using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0045 §5.1, §8, §9.6 to §9.8: roles, who may change them, and what everybody is told.</summary>
public sealed class ModeratorTests : ChatScenario
{
    [Fact]
    public async Task S38_The_kicked_is_told_first_then_the_moderator_then_the_others()
    {
        await CreateWithThree();
        await SendItems(Crone, "<item nick='thirdwitch' role='none'><reason>Avaunt, you cullion!</reason></item>");
        await See(Hag, $"""
            <presence type='unavailable' from='{Room}/thirdwitch'>
              <x xmlns='{User}'>
                <item affiliation='none' role='none' jid='hag66@shakespeare.lit/pda'>
                  <actor nick='firstwitch'/><reason>Avaunt, you cullion!</reason>
                </item>
                <status code='110'/><status code='307'/>
              </x>
            </presence>
            """);
        await Crone.Expect($"<iq type='result' id='admin' from='{Room}'/>");
        await See(Crone, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='307'/></x></presence>");
        await See(Wicca, $"""
            <presence type='unavailable' from='{Room}/thirdwitch'>
              <x xmlns='{User}'>
                <item affiliation='none' role='none'><actor nick='firstwitch'/><reason>Avaunt, you cullion!</reason></item>
                <status code='307'/>
              </x>
            </presence>
            """);
    }

    [Fact]
    public async Task S39_Nobody_kicks_somebody_of_a_higher_affiliation_or_himself()
    {
        await CreateWithThree();
        await Administer(Crone, "<item nick='secondwitch' role='moderator'/>");
        await SendItems(Wicca, "<item nick='firstwitch' role='none'/>");
        await ExpectError(Wicca, "cancel", "not-allowed");
        await SendItems(Wicca, "<item nick='secondwitch' role='none'/>");
        await ExpectError(Wicca, "cancel", "conflict");
        await ExpectNothing(Crone, Hag);
    }

    [Fact]
    public async Task S40_Voice_is_never_taken_from_an_admin_or_owner_nor_from_ones_own_level()
    {
        await CreateWithThree();
        await Administer(Crone, "<item affiliation='admin' jid='wiccarocks@shakespeare.lit'/>");
        await SendItems(Crone, "<item nick='secondwitch' role='visitor'/>");
        await ExpectError(Crone, "cancel", "not-allowed");
        await Administer(Crone, "<item affiliation='member' jid='wiccarocks@shakespeare.lit'/><item affiliation='member' jid='hag66@shakespeare.lit'/>");
        await Administer(Crone, "<item nick='secondwitch' role='moderator'/>");
        await SendItems(Wicca, "<item nick='thirdwitch' role='visitor'/>");
        await ExpectError(Wicca, "cancel", "not-allowed");
        await SendItems(Crone, "<item nick='thirdwitch' role='visitor'><reason>Not so worthy after all!</reason></item>");
        await ExpectResult(Crone);
        await SeeSoon(Wicca, $"""
            <presence from='{Room}/thirdwitch'>
              <x xmlns='{User}'><item affiliation='member' role='visitor' jid='hag66@shakespeare.lit/pda'>
                <actor nick='firstwitch'/><reason>Not so worthy after all!</reason></item></x>
            </presence>
            """);
    }

    [Fact]
    public async Task S41_Moderators_are_made_and_unmade_by_admins_alone_and_never_from_admins()
    {
        await CreateWithThree();
        await Administer(Crone, "<item nick='secondwitch' role='moderator'/>");
        await SendItems(Wicca, "<item nick='thirdwitch' role='moderator'/>");
        await ExpectError(Wicca, "auth", "forbidden");
        await SendItems(Wicca, "<item nick='firstwitch' role='participant'/>");
        await ExpectError(Wicca, "auth", "forbidden");
        await Administer(Crone, "<item affiliation='admin' jid='hag66@shakespeare.lit'/>");
        await SendItems(Crone, "<item nick='thirdwitch' role='participant'/>");
        await ExpectError(Crone, "cancel", "not-allowed");
        await SendItems(Hag, "<item nick='secondwitch' role='participant'/>");
        await ExpectResult(Hag);
        await SeeSoon(Wicca, $"<presence from='{Room}/secondwitch'><x xmlns='{User}'><item affiliation='none' role='participant' jid='wiccarocks@shakespeare.lit/laptop'>...</item><status code='110'/></x></presence>");
    }

    [Fact]
    public async Task S42_Lists_of_roles_are_for_moderators_and_admins_and_name_nick_role_affiliation_and_JID()
    {
        await CreateWithThree();
        await SendItems(Hag, "<item role='participant'/>", "get");
        await ExpectError(Hag, "auth", "forbidden");
        await Administer(Crone, "<item nick='secondwitch' role='moderator'/>");
        await SendItems(Wicca, "<item role='participant'/>", "get");
        await Wicca.ExpectSoon($"""
            <iq type='result' from='{Room}' id='admin'>
              <query xmlns='http://jabber.org/protocol/muc#admin'>
                <item affiliation='none' jid='hag66@shakespeare.lit/pda' nick='thirdwitch' role='participant'/>
              </query>
            </iq>
            """);
        await SendItems(Wicca, "<item role='moderator'/>", "get");
        await ExpectError(Wicca, "auth", "forbidden");
        await SendItems(Crone, "<item role='moderator'/>", "get");
        await Crone.ExpectSoon($"""
            <iq type='result' from='{Room}' id='admin'>
              <query xmlns='http://jabber.org/protocol/muc#admin'>
                <item affiliation='owner' jid='crone1@shakespeare.lit/desktop' nick='firstwitch' role='moderator'/>
                <item affiliation='none' jid='wiccarocks@shakespeare.lit/laptop' nick='secondwitch' role='moderator'/>
              </query>
            </iq>
            """);
    }

    [Theory]
    [InlineData("<item nick='thirdwitch' role='visitor' affiliation='member'/>", "modify", "bad-request")]
    [InlineData("<item nick='thirdwitch'/>", "modify", "bad-request")]
    [InlineData("<item nick='thirdwitch' role='king'/>", "modify", "bad-request")]
    [InlineData("<item jid='a@b.lit' affiliation='king'/>", "modify", "bad-request")]
    [InlineData("<item role='visitor'/>", "modify", "bad-request")]
    [InlineData("<item affiliation='member'/>", "modify", "bad-request")]
    [InlineData("", "modify", "bad-request")]
    [InlineData("<item jid='@' affiliation='member'/>", "modify", "jid-malformed")]
    [InlineData("<item nick='nobody' role='visitor'/>", "cancel", "item-not-found")]
    public async Task S43_What_cannot_be_understood_is_refused_and_changes_nothing(string items, string type, string condition)
    {
        await CreateWithThree();
        await SendItems(Crone, "<item nick='secondwitch' role='visitor'/>" + items);
        if (items.Length == 0)
        {
            await ExpectResult(Crone);
            await Forget();
            await SendItems(Crone, "");
        }
        await ExpectError(Crone, type, condition);
        await ExpectNothing(Wicca, Hag);
    }

    [Fact]
    public async Task S44_A_visitors_request_for_voice_goes_to_the_moderators_and_one_of_them_grants_it()
    {
        await Create(("moderatedroom", "1"));
        await Enter(Hag, "thirdwitch");
        await Enter(Wicca, "secondwitch");
        await Hag.Send($"""
            <message id='yd53c486' to='{Room}'>
              <x xmlns='jabber:x:data' type='submit'>
                <field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#request</value></field>
                <field var='muc#role' type='list-single' label='Requested role'><value>participant</value></field>
              </x>
            </message>
            """);
        await Crone.Expect($"""
            <message from='{Room}' to='crone1@shakespeare.lit/desktop'>
              <x xmlns='jabber:x:data' type='form'>...
                <field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#request</value></field>
                <field var='muc#role' type='list-single' label='...'><value>participant</value>...</field>
                <field var='muc#jid' type='jid-single' label='...'><value>hag66@shakespeare.lit/pda</value></field>
                <field var='muc#roomnick' type='text-single' label='...'><value>thirdwitch</value></field>
                <field var='muc#request_allow' type='boolean' label='...'><value>false</value></field>
              </x>
            </message>
            """);
        await ExpectNothing(Wicca);
        const string approval = $"""
            <message id='approve' to='{Room}'>
              <x xmlns='jabber:x:data' type='submit'>
                <field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#request</value></field>
                <field var='muc#role'><value>participant</value></field>
                <field var='muc#jid'><value>hag66@shakespeare.lit/pda</value></field>
                <field var='muc#roomnick'><value>thirdwitch</value></field>
                <field var='muc#request_allow'><value>true</value></field>
              </x>
            </message>
            """;
        await Wicca.Send(approval);
        await ExpectRefusal(Wicca, "message", Room, "auth", "forbidden");
        await ExpectNothing(Hag);
        await Crone.Send(approval);
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='participant' jid='hag66@shakespeare.lit/pda'>...</item><status code='110'/></x></presence>");
    }

    [Theory]
    [InlineData("0", "none", "participant")]
    [InlineData("1", "none", "visitor")]
    [InlineData("0", "member", "participant")]
    [InlineData("1", "member", "participant")]
    [InlineData("0", "admin", "moderator")]
    [InlineData("1", "admin", "moderator")]
    [InlineData("1", "owner", "moderator")]
    public async Task S45_The_role_on_entering_follows_from_affiliation_and_room(string moderated, string affiliation, string role)
    {
        await Create(("moderatedroom", moderated));
        if (affiliation != "none")
            await Administer(Crone, $"<item affiliation='{affiliation}' jid='hag66@shakespeare.lit'/>");
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='{affiliation}' role='{role}' jid='...'/><status code='110'/></x></presence>");
    }

    [Fact]
    public async Task S46_Membership_gives_voice_at_once_and_an_admin_is_a_moderator()
    {
        await Create(("moderatedroom", "1"));
        await Enter(Hag, "thirdwitch");
        await SendItems(Crone, "<item affiliation='member' jid='hag66@shakespeare.lit'/>");
        await See(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='member' role='participant' jid='...'>...</item><status code='110'/></x></presence>");
        await SendItems(Crone, "<item affiliation='admin' jid='hag66@shakespeare.lit'/>");
        await See(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='admin' role='moderator' jid='...'>...</item><status code='110'/></x></presence>");
        await SendItems(Crone, "<item affiliation='none' jid='hag66@shakespeare.lit'/>");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='visitor' jid='...'>...</item><status code='110'/></x></presence>");
    }
}
