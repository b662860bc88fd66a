using Annex.Muc;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0045 §7.6, §7.7, §7.14, §11.1, §18.1.2: changing nick and availability, leaving, being gone.</summary>
public sealed class NickAndLeavingTests : ChatScenario
{
    protected override void Configure(MucOptions options) => options.EnforceRegisteredNick = true;

    [Fact]
    public async Task S33_A_change_of_nick_is_unavailable_with_303_then_available_with_110_for_oneself()
    {
        await CreateWithThree();
        await Hag.Send($"<presence id='ifd1c35' to='{Room}/oldhag'/>");
        await See(Crone, $"""
            <presence type='unavailable' from='{Room}/thirdwitch'>
              <x xmlns='{User}'><item affiliation='none' jid='hag66@shakespeare.lit/pda' nick='oldhag' role='participant'/>
                <status code='303'/></x>
            </presence>
            """);
        await See(Crone, $"<presence from='{Room}/oldhag'><x xmlns='{User}'><item affiliation='none' jid='hag66@shakespeare.lit/pda' role='participant'/></x></presence>");
        await See(Wicca, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' nick='oldhag' role='participant'/><status code='303'/></x></presence>");
        await See(Wicca, $"<presence from='{Room}/oldhag'><x xmlns='{User}'><item affiliation='none' role='participant'/></x></presence>");
        await See(Hag, $"""
            <presence type='unavailable' from='{Room}/thirdwitch'>
              <x xmlns='{User}'><item affiliation='none' jid='hag66@shakespeare.lit/pda' nick='oldhag' role='participant'/>
                <status code='110'/><status code='303'/></x>
            </presence>
            """);
        await See(Hag, $"""
            <presence from='{Room}/oldhag' id='ifd1c35'>
              <x xmlns='{User}'><item affiliation='none' jid='hag66@shakespeare.lit/pda' role='participant'/><status code='110'/></x>
            </presence>
            """);
        await ExpectNothing(Crone, Wicca, Hag);
    }

    [Fact]
    public async Task S33_The_sessions_of_one_nick_change_apart()
    {
        await CreateWithThree();
        var phone = Person("hag66@shakespeare.lit/phone");
        await Enter(phone, "thirdwitch");
        await phone.Send($"<presence to='{Room}/oldhag'/>");
        await See(Wicca, $"<presence from='{Room}/oldhag'><x xmlns='{User}'><item affiliation='none' role='participant'/></x></presence>");
        await ExpectNothing(Wicca);
        await See(phone, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='110'/><status code='303'/></x></presence>");
        await See(phone, $"<presence from='{Room}/oldhag'><x xmlns='{User}'>...<status code='110'/></x></presence>");
        await Hag.Send($"<presence to='{Room}/oldhag'/>");
        await See(Wicca, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='303'/></x></presence>");
    }

    [Fact]
    public async Task S34_A_nick_in_use_is_a_conflict_and_nothing_changes()
    {
        await CreateWithThree();
        await Hag.Send($"<presence id='c' to='{Room}/secondwitch'/>");
        await ExpectRefusal(Hag, "presence", $"{Room}/secondwitch", "cancel", "conflict");
        await ExpectNothing(Crone, Wicca, Hag);
        await Hag.Send($"<message to='{Room}' type='groupchat' id='still'><body>still the third</body></message>");
        await See(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat' id='still'><body>still the third</body></message>");
    }

    [Fact]
    public async Task S34_A_locked_down_nick_is_not_acceptable_to_change_and_entering_rewrites_it()
    {
        await CreateWithThree();
        await Administer(Crone, "<item affiliation='member' jid='hecate@shakespeare.lit' nick='hecate'/>");
        await Ask(Hecate, "anything");
        await SeeSoon(Hecate, $"<presence from='{Room}/hecate'><x xmlns='{User}'>...<status code='110'/><status code='210'/></x></presence>");
        await Forget();
        await Hecate.Send($"<presence to='{Room}/queen'/>");
        await ExpectRefusal(Hecate, "presence", $"{Room}/queen", "cancel", "not-acceptable");
        await ExpectNothing(Crone, Hecate);
    }

    [Fact]
    public async Task A_change_of_availability_is_shown_to_all()
    {
        await CreateWithThree();
        await Wicca.Send($"<presence id='kr7v143h' to='{Room}/secondwitch'><show>xa</show><status>gone where the goblins go</status></presence>");
        await See(Crone, $"""
            <presence from='{Room}/secondwitch'>
              <show>xa</show><status>gone where the goblins go</status>
              <x xmlns='{User}'><item affiliation='none' jid='wiccarocks@shakespeare.lit/laptop' role='participant'/></x>
            </presence>
            """);
        await See(Wicca, $"<presence from='{Room}/secondwitch' id='kr7v143h'><show>xa</show>...<x xmlns='{User}'>...<status code='110'/></x></presence>");
    }

    [Fact]
    public async Task S35_Who_leaves_is_told_with_110_and_the_others_keep_the_status_text()
    {
        await CreateWithThree();
        await Wicca.Send($"<presence type='unavailable' to='{Room}/secondwitch'><status>gone where the goblins go</status></presence>");
        await See(Wicca, $"""
            <presence type='unavailable' from='{Room}/secondwitch'>
              <status>gone where the goblins go</status>
              <x xmlns='{User}'><item affiliation='none' jid='wiccarocks@shakespeare.lit/laptop' role='none'/><status code='110'/></x>
            </presence>
            """);
        await See(Hag, $"""
            <presence type='unavailable' from='{Room}/secondwitch'>
              <status>gone where the goblins go</status>
              <x xmlns='{User}'><item affiliation='none' role='none'/></x>
            </presence>
            """);
    }

    [Fact]
    public async Task S35_One_session_of_several_leaves_without_the_others_hearing_of_it()
    {
        await CreateWithThree();
        var phone = Person("hag66@shakespeare.lit/phone");
        await Enter(phone, "thirdwitch");
        await phone.Send($"<presence type='unavailable' to='{Room}/thirdwitch'/>");
        await See(phone, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='110'/></x></presence>");
        await ExpectNothing(Crone, Wicca, Hag);
    }

    [Fact]
    public async Task S35_A_temporary_room_goes_with_its_last_occupant_and_a_persistent_one_stays()
    {
        await Create();
        await Crone.Send($"<presence type='unavailable' to='{Room}/firstwitch'/>");
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='110'/><status code='201'/></x></presence>");
        await Submit(Hag, ("persistentroom", "1"));
        await Hag.Send($"<presence type='unavailable' to='{Room}/thirdwitch'/>");
        await Ask(Wicca, "secondwitch");
        await SeeSoon(Wicca, $"<presence from='{Room}/secondwitch'><x xmlns='{User}'><item affiliation='none' role='participant' jid='wiccarocks@shakespeare.lit/laptop'/><status code='110'/></x></presence>");
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("item-not-found")]
    [InlineData("recipient-unavailable")]
    [InlineData("redirect")]
    [InlineData("remote-server-not-found")]
    [InlineData("remote-server-timeout")]
    [InlineData("service-unavailable")]
    public async Task S36_An_error_that_says_gone_removes_with_333_and_without_307(string condition)
    {
        await CreateWithThree();
        await Hag.Send($"<message type='error' to='{Room}/firstwitch' id='m'><error type='cancel'>" +
            $"<{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
        await See(Wicca, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='none'/><status code='333'/></x></presence>");
        await See(Hag, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='110'/><status code='333'/></x></presence>");
    }

    [Theory]
    [InlineData("not-acceptable")]
    [InlineData("resource-constraint")]
    [InlineData("feature-not-implemented")]
    public async Task S36_Other_errors_remove_nobody(string condition)
    {
        await CreateWithThree();
        await Hag.Send($"<message type='error' to='{Room}' id='m'><error type='wait'>" +
            $"<{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
        await Hag.Send($"<iq type='error' to='{Room}/firstwitch' id='unknown'><error type='cancel'>" +
            "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
        await ExpectNothing(Crone, Wicca, Hag);
    }

    [Fact]
    public async Task A_probe_is_answered_to_occupants_alone()
    {
        await CreateWithThree();
        await Wicca.Send($"<presence type='probe' to='{Room}/thirdwitch'/>");
        await See(Wicca, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='participant'/></x></presence>");
        await Wicca.Send($"<presence type='probe' to='{Room}/nobody'/>");
        await Wicca.Expect($"<presence type='unavailable' from='{Room}/nobody'><x xmlns='{User}'><item affiliation='none' role='none'/></x></presence>");
        await Hecate.Send($"<presence type='probe' to='{Room}/thirdwitch'/>");
        await ExpectNothing(Hecate);
    }
}
