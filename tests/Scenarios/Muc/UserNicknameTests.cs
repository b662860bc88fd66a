using Annex.Muc;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0172: what people call themselves is passed on like anything else they say, beside the nick of the room, which is the
/// room's. Not in invitations: that usage was withdrawn (§6).</summary>
public sealed class UserNicknameTests : ChatScenario
{
    private MucOptions? _options;

    private const string Nick = "<nick xmlns='http://jabber.org/protocol/nick'>Grimalkin</nick>";

    [Fact]
    public async Task A_nickname_in_presence_and_messages_is_passed_on_and_the_nick_stays_the_room_s()
    {
        await Create();
        await Ask(Hag, "thirdwitch", rest: Nick);
        await See(Crone, $"<presence from='{Room}/thirdwitch'>{Nick}<x xmlns='{User}'><item affiliation='none' role='participant' jid='...'/></x></presence>");
        await Forget();
        await Hag.Send($"<message to='{Room}' type='groupchat' id='m'><body>Mew</body>{Nick}</message>");
        await See(Crone, $"<message from='{Room}/thirdwitch' type='groupchat' id='m'><body>Mew</body>{Nick}</message>");
    }

    [Fact]
    public async Task Where_registered_nicks_are_enforced_nobody_calls_himself_otherwise()
    {
        _options!.EnforceRegisteredNick = true;
        await Create();
        await Ask(Hag, "thirdwitch", rest: Nick);
        await See(Crone, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='participant' jid='...'/></x></presence>");
        await Forget();
        await Hag.Send($"<message to='{Room}' type='groupchat' id='m'><body>Mew</body>{Nick}</message>");
        await See(Crone, $"<message from='{Room}/thirdwitch' type='groupchat' id='m'><body>Mew</body></message>");
    }

    protected override void Configure(MucOptions options) => _options = options;

    [Fact]
    public async Task An_invitation_carries_none()
    {
        await CreateWithThree();
        await Hag.Send($"<message to='{Room}'><x xmlns='{User}'><invite to='hecate@shakespeare.lit'>{Nick}</invite></x>{Nick}</message>");
        var invitation = await Server.Expect($"<message from='{Room}' to='hecate@shakespeare.lit'>...</message>");
        Assert.DoesNotContain("Grimalkin", invitation.ToString(), StringComparison.Ordinal);
    }
}
