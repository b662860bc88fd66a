using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>The moderation desk in a room: mutes, timed bans, bans of the service, block lists, reports.</summary>
public sealed class DeskTests : ChatScenario
{
    private const string HagBare = "hag66@shakespeare.lit";

    private readonly MemoryStore _store = new();

    private protected override IRoomStore Store => _store;

    [Fact]
    public async Task Who_is_muted_has_no_voice_until_the_time_is_over_over_leaving_and_a_restart()
    {
        await CreateWithThree(("persistentroom", "1"));
        await MuteHag(TimeSpan.FromMinutes(10));
        await See(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='visitor' jid='...'>"
            + "<reason>enough</reason></item><status code='110'/></x></presence>");
        await Say(Hag, "still me");
        await ExpectRefusal(Hag, "message", Room, "auth", "forbidden");
        await Hag.Send($"<message to='{Room}/secondwitch' type='chat' id='pm'><body>psst</body></message>");
        await ExpectRefusal(Hag, "message", $"{Room}/secondwitch", "auth", "forbidden");
        await Hag.Send($"<message to='{Room}/firstwitch' type='chat' id='pm'><body>why?</body></message>");
        await SeeSoon(Crone, $"<message from='{Room}/thirdwitch' type='chat' id='pm'><body>why?</body><x xmlns='{User}'/></message>");

        await Hag.Send($"<presence type='unavailable' to='{Room}/thirdwitch'/>");
        await Forget();
        await Restart();
        await Enter(Hag, "thirdwitch");
        await Say(Hag, "again");
        await ExpectRefusal(Hag, "message", Room, "auth", "forbidden");
        await Forget();

        Time.Advance(TimeSpan.FromMinutes(10));
        await See(Hag, $"<presence from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='none' role='participant' jid='...'/>"
            + "<status code='110'/></x></presence>");
        await Say(Hag, "at last");
        await SeeSoon(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat' id='say'><body>at last</body></message>");
    }

    [Fact]
    public async Task Voice_given_by_a_moderator_ends_a_mute()
    {
        await CreateWithThree(("persistentroom", "1"));
        await MuteHag(null);
        await Forget();
        await Administer(Crone, "<item nick='thirdwitch' role='participant'/>");
        await Say(Hag, "thanks");
        await SeeSoon(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat' id='say'><body>thanks</body></message>");
        Assert.Empty(_store[Room].Mutes);
    }

    [Fact]
    public async Task Admins_cannot_be_muted()
    {
        await CreateWithThree();
        var mute = new MuteRecord(Jid.Parse("crone1@shakespeare.lit"), null, null, AuditActors.Operator, Time.GetUtcNow());
        Assert.NotNull(await InRoom<Annex.Xmpp.Stanzas.StanzaError?>((room, effects, done) => room.Mute(mute, null, effects, done)));
    }

    [Fact]
    public async Task A_timed_ban_ends_by_itself_also_while_the_process_is_away()
    {
        await CreateWithThree(("persistentroom", "1"));
        var ban = new AffiliationRecord(Jid.Parse(HagBare), Affiliation.Outcast, null, "a while") { Until = Time.GetUtcNow().AddHours(1) };
        await InRoom<bool>((room, effects, done) => room.Persist(effects, null,
            [new AffiliationChange(ban, Jid.Parse("crone1@shakespeare.lit"))], then =>
            {
                room.SetAffiliations([ban], null, then);
                done(true);
            }));
        await Hag.ExpectSoon($"<presence type='unavailable' from='{Room}/thirdwitch'>...</presence>");
        await Ask(Hag, "thirdwitch");
        await ExpectRefusal(Hag, "presence", $"{Room}/thirdwitch", "auth", "forbidden");

        await Restart(away: TimeSpan.FromHours(1));
        await Ask(Hag, "thirdwitch");
        await Hag.ExpectSoon($"<message type='groupchat' from='{Room}'>...</message>");
        Assert.DoesNotContain(_store[Room].Affiliations, a => a.Affiliation == Affiliation.Outcast);
    }

    [Fact]
    public async Task Who_is_banned_from_the_service_leaves_all_rooms_and_enters_none()
    {
        await CreateWithThree();
        Bans.Set(new ServiceBan(Jid.Parse(HagBare), "Out of all rooms.", null, Time.GetUtcNow(), AuditActors.Operator));
        await InRoom<bool>((room, effects, done) =>
        {
            room.Eject(effects);
            done(true);
        });
        await See(Hag, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='outcast' role='none' jid='...'>"
            + "<reason>Out of all rooms.</reason></item><status code='110'/><status code='301'/></x></presence>");
        await See(Wicca, $"<presence type='unavailable' from='{Room}/thirdwitch'><x xmlns='{User}'><item affiliation='outcast' role='none'>"
            + "<reason>Out of all rooms.</reason></item><status code='301'/></x></presence>");
        foreach (var room in (string[])[Room, $"new@{Service}"])
        {
            await Ask(Hag, "thirdwitch", room: room);
            await ExpectRefused(Hag, "forbidden");
        }
        await Hag.Send($"<iq type='set' id='reg' to='{Room}'><query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'/></query></iq>");
        await Hag.ExpectSoon($"<iq type='error' id='reg' from='{Room}'>...</iq>");
    }

    [Fact]
    public async Task A_ban_of_a_domain_holds_for_its_people_and_ends_at_its_time()
    {
        await Create();
        Bans.Set(new ServiceBan(Jid.Parse("shakespeare.lit"), null, Time.GetUtcNow().AddHours(1), Time.GetUtcNow(), AuditActors.Operator));
        await Ask(Hag, "thirdwitch");
        await ExpectRefused(Hag, "forbidden");
        var bard = Person("bard@shakespeare.lit/quill");
        await Ask(bard, "bard");
        await bard.ExpectSoon($"<message type='groupchat' from='{Room}'>...</message>");
        Time.Advance(TimeSpan.FromHours(1));
        await Ask(Hag, "thirdwitch");
        await Hag.ExpectSoon($"<message type='groupchat' from='{Room}'>...</message>");
    }

    [Theory]
    [InlineData("hag66@shakespeare.lit", "0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_block_list_refuses_by_hash_and_a_dry_run_only_counts(string person, string other)
    {
        var hash = BlockList.HashOf(Jid.Parse(person));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(person))), hash);
        var strict = new BlockList(Jid.Parse("rtbl.example"), "muc_bans_sha256", false, "On a list.");
        var trial = new BlockList(Jid.Parse("rtbl.example"), "trial", true, "On trial.");
        strict.Add(other);
        trial.Add(hash);
        Bans.Lists = [strict, trial];
        await CreateWithThree();
        Assert.Equal((0, 1), (strict.MatchCount, trial.MatchCount));

        strict.Add(hash);
        await InRoom<bool>((room, effects, done) =>
        {
            room.Eject(effects);
            done(true);
        });
        await Hag.ExpectSoon($"<presence type='unavailable' from='{Room}/thirdwitch'>...</presence>");
        await Ask(Hag, "thirdwitch");
        await ExpectRefused(Hag, "forbidden");
        Assert.Equal(2, strict.MatchCount);
        strict.Remove(hash);
        await Ask(Hag, "thirdwitch");
        await Hag.ExpectSoon($"<message type='groupchat' from='{Room}'>...</message>");
    }

    [Fact]
    public async Task A_report_reaches_the_owners_and_names_both_sides()
    {
        await CreateWithThree();
        var owner = Person("crone1@shakespeare.lit");
        await Wicca.Send($"<iq type='set' id='block' to='{Room}'><block xmlns='urn:xmpp:blocking'><item jid='{Room}/thirdwitch'>"
            + "<report xmlns='urn:xmpp:reporting:1' reason='urn:xmpp:reporting:spam'>"
            + $"<stanza-id xmlns='urn:xmpp:sid:0' by='{Room}' id='28482-98726-73623'/><text>Potions!</text></report></item></block></iq>");
        await Wicca.Expect($"<iq type='result' id='block' from='{Room}'/>");
        var report = (await owner.Expect($"<message from='{Room}' id='...'>...</message>")).ToString();
        Assert.Contains("reason=\"urn:xmpp:reporting:spam\"", report, StringComparison.Ordinal);
        Assert.Contains("28482-98726-73623", report, StringComparison.Ordinal);
        Assert.Contains("Potions!", report, StringComparison.Ordinal);
        Assert.Contains("secondwitch (wiccarocks@shakespeare.lit)", report, StringComparison.Ordinal);
        Assert.Contains("thirdwitch (hag66@shakespeare.lit)", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_passes_a_report_on_and_strangers_report_nothing()
    {
        await CreateWithThree();
        var (server, owner) = (Person("shakespeare.lit"), Person("crone1@shakespeare.lit"));
        await server.Send($"<message to='{Room}'><report xmlns='urn:xmpp:reporting:1' reason='urn:xmpp:reporting:abuse'>"
            + $"<jid xmlns='urn:xmpp:jid:0'>{Room}/thirdwitch</jid></report></message>");
        await owner.Expect($"<message from='{Room}' id='...'>...</message>");
        await Hecate.Send($"<message to='{Room}'><report xmlns='urn:xmpp:reporting:1' reason='urn:xmpp:reporting:abuse'>"
            + $"<jid xmlns='urn:xmpp:jid:0'>{Room}/thirdwitch</jid></report></message>");
        await ExpectRefusal(Hecate, "message", Room, "cancel", "not-acceptable");
        await Wicca.Send($"<iq type='set' id='block' to='{Room}'><block xmlns='urn:xmpp:blocking'><item jid='{Room}/thirdwitch'>"
            + "<report xmlns='urn:xmpp:reporting:1'/></item></block></iq>");
        await ExpectError(Wicca, "modify", "bad-request");
    }

    private Task<Annex.Xmpp.Stanzas.StanzaError?> MuteHag(TimeSpan? time)
    {
        var mute = new MuteRecord(Jid.Parse(HagBare), time is null ? null : Time.GetUtcNow() + time, "enough", AuditActors.Operator,
            Time.GetUtcNow());
        return InRoom<Annex.Xmpp.Stanzas.StanzaError?>((room, effects, done) => room.Mute(mute, null, effects, done));
    }

    private static Task Say(Testing.Scripted.ScriptedUser user, string text) =>
        user.Send($"<message to='{Room}' type='groupchat' id='say'><body>{text}</body></message>");
}
