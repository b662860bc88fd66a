using Annex.Muc;
using Annex.Muc.Rooms;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>A room's vCard and avatar: XEP-0054, XEP-0153, XEP-0486.</summary>
public sealed class RoomVCardTests : ChatScenario
{
    // "hello", and its SHA-1.
    private const string Photo = "<PHOTO><TYPE>image/png</TYPE><BINVAL>aGVs\nbG8=</BINVAL></PHOTO>";
    private const string Hash = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";

    private readonly MemoryStore _store = new();

    private protected override IRoomStore Store => _store;

    protected override void Configure(MucOptions options) => options.MaxVCardBytes = 2048;

    [Fact]
    public async Task An_owner_sets_an_avatar_and_everybody_learns_of_it()
    {
        await CreateWithThree(("persistentroom", "1"));
        await Set(Crone, $"<vCard xmlns='vcard-temp'><FN>Coven</FN>{Photo}</vCard>");
        await Crone.Expect($"<iq type='result' id='card' from='{Room}'/>");
        await Wicca.Expect($"<presence from='{Room}'><x xmlns='vcard-temp:x:update'><photo>{Hash}</photo></x></presence>");
        await Wicca.Expect($"<message type='groupchat' from='{Room}' id='...'><x xmlns='{User}'><status code='104'/></x></message>");
        await Forget();

        await Get(Hecate);
        await Hecate.Expect($"<iq type='result' id='card' from='{Room}'><vCard xmlns='vcard-temp'><FN>Coven</FN>{Photo}</vCard></iq>");
        await AssertHash(Hash);

        await Ask(Hecate, "fourthwitch");
        await Hecate.ExpectSoon($"<message type='groupchat' from='{Room}'>...</message>");
        await Hecate.ExpectSoon($"<presence from='{Room}'><x xmlns='vcard-temp:x:update'><photo>{Hash}</photo></x></presence>");
    }

    [Fact]
    public async Task An_avatar_outlives_the_process_and_an_empty_vCard_takes_it_away()
    {
        await CreateWithThree(("persistentroom", "1"));
        await Set(Crone, $"<vCard xmlns='vcard-temp'>{Photo}</vCard>");
        await Crone.ExpectSoon($"<iq type='result' id='card' from='{Room}'/>");
        await Restart();
        await AssertHash(Hash);

        await Set(Crone, "<vCard xmlns='vcard-temp'/>");
        await Crone.ExpectSoon($"<iq type='result' id='card' from='{Room}'/>");
        await Wicca.Expect($"<presence from='{Room}'><x xmlns='vcard-temp:x:update'><photo/></x></presence>");
        await Get(Wicca);
        await Wicca.ExpectSoon($"<iq type='result' id='card' from='{Room}'><vCard xmlns='vcard-temp'/></iq>");
        await AssertHash(null);
    }

    [Fact]
    public async Task The_picture_of_a_new_room_is_kept_when_the_room_is()
    {
        await Ask(Crone, "firstwitch");
        await Set(Crone, $"<vCard xmlns='vcard-temp'>{Photo}</vCard>");
        await Crone.ExpectSoon($"<iq type='result' id='card' from='{Room}'/>");
        Assert.Null(_store[Room].VCard);
        await Configured(("persistentroom", "1"));
        Assert.NotNull(_store[Room].VCard);
        await AssertHash(Hash);
    }

    [Fact]
    public async Task Only_owners_set_it_and_only_what_is_a_picture_of_bounded_size()
    {
        await CreateWithThree();
        await Set(Hag, $"<vCard xmlns='vcard-temp'>{Photo}</vCard>");
        await ExpectError(Hag, "auth", "forbidden");
        await Set(Crone, "<vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>no base64!</BINVAL></PHOTO></vCard>");
        await ExpectError(Crone, "modify", "bad-request");
        await Set(Crone, "<vCard xmlns='vcard-temp'><PHOTO><TYPE>text/html</TYPE><BINVAL>aGVsbG8=</BINVAL></PHOTO></vCard>");
        await ExpectError(Crone, "modify", "bad-request");
        await Set(Crone, $"<vCard xmlns='vcard-temp'><DESC>{new string('x', 3000)}</DESC></vCard>");
        await ExpectError(Crone, "modify", "policy-violation");
        await AssertHash(null);
        await ExpectNothing(Wicca);
    }

    private static Task Set(Testing.Scripted.ScriptedUser user, string vCard) =>
        user.Send($"<iq type='set' id='card' to='{Room}'>{vCard}</iq>");

    private static Task Get(Testing.Scripted.ScriptedUser user) =>
        user.Send($"<iq type='get' id='card' to='{Room}'><vCard xmlns='vcard-temp'/></iq>");

    private async Task AssertHash(string? hash)
    {
        await Hecate.Send($"<iq type='get' id='info' to='{Room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        var info = (await Hecate.ExpectSoon($"<iq type='result' id='info' from='{Room}'>...</iq>")).ToString();
        Assert.Contains("vcard-temp", info, StringComparison.Ordinal);
        if (hash is null)
            Assert.DoesNotContain("avatarhash", info, StringComparison.Ordinal);
        else
            Assert.Contains($"<value>{hash}</value>", info, StringComparison.Ordinal);
    }
}
