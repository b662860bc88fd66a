using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0045 §7.2.2, §16.5: roles whose presence is not broadcast.</summary>
public sealed class PresenceBroadcastTests : ChatScenario
{
    [Fact]
    public async Task S22_A_hidden_role_is_shown_to_nobody_but_itself()
    {
        await HidingVisitors();
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'>...<status code='110'/></x></presence>");
        await Hag.Send($"<presence to='{Room}/thirdwitch'><show>away</show></presence>");
        await Hag.Send($"<presence to='{Room}/oldhag'/>");
        await Hag.Send($"<presence type='unavailable' to='{Room}/oldhag'/>");
        await ExpectNothing(Crone, Wicca);
    }

    [Fact]
    public async Task S22_A_hidden_role_is_not_in_what_a_newcomer_sees()
    {
        await HidingVisitors();
        await Enter(Hag, "thirdwitch");
        await Ask(Hecate, "fourthwitch");
        await See(Hecate, $"<presence from='{Room}/firstwitch'>...</presence>");
        await See(Hecate, $"<presence from='{Room}/secondwitch'>...</presence>");
        await See(Hecate, $"<presence from='{Room}/fourthwitch'><x xmlns='{User}'>...<status code='110'/></x></presence>");
    }

    [Fact]
    public async Task S22_Across_the_border_the_others_see_an_arrival_and_a_departure()
    {
        await HidingVisitors();
        await Enter(Hag, "thirdwitch");
        await SendItems(Crone, "<item nick='thirdwitch' role='participant'/>");
        await See(Wicca, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='participant'>...</item></x></presence>");
        await SendItems(Crone, "<item nick='thirdwitch' role='visitor'/>");
        await See(Wicca, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='none'/></x></presence>");
        await SeeSoon(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='visitor' jid='hag66@shakespeare.lit/pda'>...</item><status code='110'/></x></presence>");
    }

    [Fact]
    public async Task S22_Turning_it_on_and_off_redraws_the_room()
    {
        await HidingVisitors();
        await Enter(Hag, "thirdwitch");
        await Submit(Crone, ("presencebroadcast", "moderator"), ("presencebroadcast", "participant"), ("presencebroadcast", "visitor"));
        await See(Wicca, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='visitor'/></x></presence>");
        await Forget();
        await Submit(Crone, ("presencebroadcast", "moderator"));
        await SeeSoon(Crone, $"<presence type='unavailable' from='{Room}/secondwitch'>...</presence>");
        await SeeSoon(Crone, $"<presence type='unavailable' from='{Room}/thirdwitch'>...</presence>");
    }

    private async Task HidingVisitors()
    {
        await Create(("moderatedroom", "1"), ("presencebroadcast", "moderator"), ("presencebroadcast", "participant"));
        await Enter(Wicca, "secondwitch");
        await Administer(Crone, "<item nick='secondwitch' role='participant'/>");
    }
}
