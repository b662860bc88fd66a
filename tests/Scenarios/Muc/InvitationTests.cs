using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0045 §7.8.2, §7.9, §9.5: mediated invitations.</summary>
public sealed class InvitationTests : ChatScenario
{
    [Fact]
    public async Task S64_An_invitation_names_the_inviter_keeps_the_reason_and_adds_the_password()
    {
        await Create(("whois", "anyone"), ("passwordprotectedroom", "1"), ("roomsecret", "cauldronburn"));
        await Invite(Crone, "<reason>Hey Hecate, this is the place for all good witches!</reason>");
        await Server.Expect($"""
            <message from='{Room}' to='hecate@shakespeare.lit'>
              <x xmlns='{User}'>
                <invite from='crone1@shakespeare.lit'><reason>Hey Hecate, this is the place for all good witches!</reason></invite>
                <password>cauldronburn</password>
              </x>
            </message>
            """);
    }

    [Fact]
    public async Task S64_In_a_semi_anonymous_room_the_inviter_is_named_by_nick()
    {
        await CreateWithThree();
        await Invite(Hag, "<continue thread='e0ffe42b'/>");
        var invitation = await Server.Expect($"<message from='{Room}' to='hecate@shakespeare.lit'><x xmlns='{User}'>" +
            $"<invite from='{Room}/thirdwitch'><continue thread='e0ffe42b'/></invite></x></message>");
        Assert.DoesNotContain("hag66", invitation.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S64_A_decline_reaches_the_inviter()
    {
        await CreateWithThree();
        await Hecate.Send($"<message id='jk2vs61v' to='{Room}'><x xmlns='{User}'><decline to='{Room}/thirdwitch'>" +
            "<reason>Sorry, I'm too busy right now.</reason></decline></x></message>");
        await Hag.Expect($"<message from='{Room}' to='hag66@shakespeare.lit/pda'><x xmlns='{User}'>" +
            "<decline from='hecate@shakespeare.lit'><reason>Sorry, I'm too busy right now.</reason></decline></x></message>");
        await Hecate.Send($"<message to='{Room}'><x xmlns='{User}'><decline to='stranger@elsewhere.lit'/></x></message>");
        await ExpectRefusal(Hecate, "message", Room, "cancel", "item-not-found");
    }

    [Fact]
    public async Task S52_In_a_members_only_room_a_member_may_invite_only_where_it_is_configured()
    {
        await Create(("membersonly", "1"));
        await Administer(Crone, "<item affiliation='member' jid='hag66@shakespeare.lit'/>");
        await Enter(Hag, "thirdwitch");
        await Invite(Hag, "");
        await ExpectRefusal(Hag, "message", Room, "auth", "forbidden");
        await Configured(("allowinvites", "1"));
        await Invite(Hag, "");
        await Server.Expect($"<message from='{Room}' to='hecate@shakespeare.lit'>...</message>");
        await Ask(Hecate, "fourthwitch");
        await SeeSoon(Hecate, $"<presence from='{Room}/fourthwitch'><x xmlns='{User}'><item affiliation='member' role='participant' jid='...'/><status code='110'/></x></presence>");
    }

    [Fact]
    public async Task S52_An_invitation_to_an_open_room_makes_no_member()
    {
        await CreateWithThree();
        await Invite(Crone, "");
        await Server.Expect($"<message from='{Room}' to='hecate@shakespeare.lit'>...</message>");
        await Ask(Hecate, "fourthwitch");
        await SeeSoon(Hecate, $"<presence from='{Room}/fourthwitch'><x xmlns='{User}'><item affiliation='none' role='participant' jid='...'/><status code='110'/></x></presence>");
    }

    [Theory]
    [InlineData("item-not-found")]
    [InlineData("service-unavailable")]
    public async Task S64_Who_invites_somebody_that_does_not_exist_is_told_item_not_found(string condition)
    {
        await CreateWithThree();
        await Invite(Hag, "");
        await Server.Expect($"<message id='{{invitation}}' from='{Room}' to='hecate@shakespeare.lit'>...</message>");
        await Server.Send($"<message type='error' id='{{invitation}}' from='hecate@shakespeare.lit' to='{Room}'><error type='cancel'>" +
            $"<{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
        await Hag.Expect($"<message type='error' id='nzd143v8' from='{Room}'><error type='cancel'>" +
            "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
        await ExpectNothing(Crone, Wicca, Hag);
    }

    [Fact]
    public async Task S64_Strangers_and_malformed_addresses_are_refused()
    {
        await CreateWithThree();
        await Invite(Hecate, "");
        await ExpectRefusal(Hecate, "message", Room, "cancel", "not-acceptable");
        await Hag.Send($"<message to='{Room}'><x xmlns='{User}'><invite to='@'/></x></message>");
        await ExpectRefusal(Hag, "message", Room, "modify", "jid-malformed");
    }

    private static Task Invite(Annex.Testing.Scripted.ScriptedUser by, string inside) => by.Send(
        $"<message id='nzd143v8' to='{Room}'><x xmlns='{User}'><invite to='hecate@shakespeare.lit'>{inside}</invite></x></message>");
}
