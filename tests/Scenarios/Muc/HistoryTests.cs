using System.Xml.Linq;
using Annex.Testing.Scripted;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>XEP-0045 §7.2.13 to §7.2.15: discussion history, its limits, the subject.</summary>
public sealed class HistoryTests : ChatScenario
{
    private static readonly XNamespace Stream = "jabber:component:accept";

    [Fact]
    public async Task S19_History_is_delayed_in_the_rooms_name_with_the_original_time_and_holds_no_subject_changes()
    {
        await Talk();
        await Crone.Send($"<message to='{Room}' type='groupchat'><subject>Cauldron</subject></message>");
        Time.Advance(TimeSpan.FromMinutes(5));
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"""
            <message from='{Room}/firstwitch' type='groupchat' id='m1'>
              <body>message 1</body>
              <delay xmlns='urn:xmpp:delay' from='{Room}' stamp='2026-11-21T12:00:10.000Z'/>
            </message>
            """);
        await Server.Settle(Room);
        Assert.Equal(["m2", "m3", "m4", "m5"], Ids(Hag.TakeAll().Where(m => m.Element(Stream + "body") is not null)));
    }

    [Theory]
    [InlineData("", "m1 m2 m3 m4 m5")]
    [InlineData("maxstanzas='2'", "m4 m5")]
    [InlineData("maxstanzas='0'", "")]
    [InlineData("maxchars='0'", "")]
    [InlineData("seconds='25'", "m4 m5")]
    [InlineData("since='2026-11-21T12:00:30Z'", "m3 m4 m5")]
    [InlineData("since='1970-01-01T00:00:00Z'", "m1 m2 m3 m4 m5")]
    [InlineData("since='2026-11-21T12:00:30Z' maxstanzas='1'", "m5")]
    [InlineData("seconds='25' maxstanzas='4'", "m4 m5")]
    [InlineData("maxchars='100000' seconds='15'", "m5")]
    [InlineData("maxchars='nonsense'", "m1 m2 m3 m4 m5")]
    public async Task S20_The_smallest_of_all_limits_holds(string limits, string expected)
    {
        await Talk();
        Time.Advance(TimeSpan.FromSeconds(10));
        await Ask(Hag, "thirdwitch", $"<history {limits}/>");
        await Server.Settle(Room);
        Assert.Equal(expected, string.Join(' ', Ids(Hag.TakeAll().Where(m => m.Element(Stream + "body") is not null))));
    }

    [Fact]
    public async Task S20_maxchars_counts_whole_stanzas_and_only_whole_ones_are_sent()
    {
        await Talk();
        await Ask(Hag, "thirdwitch");
        await Server.Settle(Room);
        var sizes = Hag.TakeAll().Where(m => m.Element(Stream + "body") is not null).Select(Size).ToList();
        await Hag.Send($"<presence type='unavailable' to='{Room}/thirdwitch'/>");
        await Forget();

        await Ask(Hag, "thirdwitch", $"<history maxchars='{sizes[^1] + sizes[^2]}'/>");
        await Server.Settle(Room);
        Assert.Equal(["m4", "m5"], Ids(Hag.TakeAll().Where(m => m.Element(Stream + "body") is not null)));
        await Hag.Send($"<presence type='unavailable' to='{Room}/thirdwitch'/>");
        await Ask(Hag, "thirdwitch", $"<history maxchars='{sizes[^1] + sizes[^2] - 1}'/>");
        await Server.Settle(Room);
        Assert.Equal(["m5"], Ids(Hag.TakeAll().Where(m => m.Element(Stream + "body") is not null)));
    }

    [Fact]
    public async Task S21_The_subject_is_always_sent_empty_where_none_is_set_and_stamped_where_one_was()
    {
        await Create();
        await Ask(Wicca, "secondwitch");
        await Wicca.ExpectSoon($"<message from='{Room}' type='groupchat'><subject/></message>");
        await Crone.Send($"<message to='{Room}' type='groupchat' id='s1'><subject>Fire Burn</subject></message>");
        await SeeSoon(Wicca, $"<message from='{Room}/firstwitch' type='groupchat' id='s1'><subject>Fire Burn</subject></message>");
        Time.Advance(TimeSpan.FromHours(1));
        await Ask(Hag, "thirdwitch");
        await Hag.ExpectSoon($"""
            <message from='{Room}/firstwitch' type='groupchat'>
              <subject>Fire Burn</subject>
              <delay xmlns='urn:xmpp:delay' from='{Room}' stamp='2026-11-21T12:00:00.000Z'/>
              <occupant-id xmlns='urn:xmpp:occupant-id:0' id='...'/>
            </message>
            """);
        await Crone.Send($"<message to='{Room}' type='groupchat' id='s2'><subject/></message>");
        await SeeSoon(Wicca, $"<message from='{Room}/firstwitch' type='groupchat' id='s2'><subject/></message>");
        await Ask(Hecate, "fourthwitch");
        await Hecate.ExpectSoon($"<message from='{Room}/firstwitch' type='groupchat'>...<subject/>" +
            $"<delay xmlns='urn:xmpp:delay' from='{Room}' stamp='2026-11-21T13:00:00.000Z'/></message>");
    }

    [Fact]
    public async Task What_is_past_the_time_of_the_room_s_archive_is_not_told_from_memory_either()
    {
        await Talk();
        await Configured(("archive_days", "2"));
        Time.Advance(TimeSpan.FromDays(2) - TimeSpan.FromSeconds(15));
        await Ask(Hag, "thirdwitch");
        await Server.Settle(Room);
        Assert.Equal(["m4", "m5"], Ids(Hag.TakeAll().Where(m => m.Element(Stream + "body") is not null)));
        await Submit(Crone, ("archive_days", "36501"));
        await ExpectError(Crone, "modify", "not-acceptable");
    }

    [Fact]
    public async Task A_message_that_its_author_takes_back_leaves_a_tombstone_also_where_nothing_is_archived()
    {
        await Create(("enablearchiving", "0"));
        await Crone.Send($"<message to='{Room}' type='groupchat' id='m'><body>Fillet of a fenny snake</body></message>");
        var id = (await See(Crone, $"<message from='{Room}/firstwitch' type='groupchat' id='m'>...</message>"))
            .Elements().Single(e => e.Name.LocalName == "stanza-id").Attribute("id")!.Value;
        await Crone.Send($"<message to='{Room}' type='groupchat' id='r'><retract xmlns='urn:xmpp:message-retract:1' id='{id}'/></message>");
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"<message from='{Room}/firstwitch' type='groupchat' id='m'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='...'/>" +
            $"<retracted xmlns='urn:xmpp:message-retract:1' id='r' stamp='...'/><stanza-id xmlns='urn:xmpp:sid:0' by='{Room}' id='{id}'/>" +
            $"<delay xmlns='urn:xmpp:delay' from='{Room}' stamp='...'/></message>");
    }

    [Fact]
    public async Task Thread_language_and_id_are_kept_in_the_history()
    {
        await Create();
        await Crone.Send($"<message to='{Room}' type='groupchat' id='t' xml:lang='en'><body>Round about the cauldron go</body>" +
            "<thread>e0ffe42b28561960c6b12b944a092794b9683a38</thread></message>");
        await Ask(Hag, "thirdwitch");
        await SeeSoon(Hag, $"""
            <message from='{Room}/firstwitch' type='groupchat' id='t' xml:lang='en'>
              <body>Round about the cauldron go</body>
              <thread>e0ffe42b28561960c6b12b944a092794b9683a38</thread>
              <delay xmlns='urn:xmpp:delay' from='{Room}' stamp='...'/>
            </message>
            """);
    }

    /// <summary>Five messages, one every ten seconds.</summary>
    private async Task Talk()
    {
        await Create();
        for (var i = 1; i <= 5; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(10));
            await Crone.Send($"<message to='{Room}' type='groupchat' id='m{i}'><body>message {i}</body></message>");
            await Server.Settle(Room);
        }
        await Forget();
    }

    private static IEnumerable<string> Ids(IEnumerable<XElement> messages) => messages.Select(m => (string)m.Attribute("id")!);

    // As the stream had it: the namespace of the stream is declared on the stream, not on the stanza.
    private static int Size(XElement stanza) => stanza.ToString(SaveOptions.DisableFormatting)
        .Replace(" xmlns=\"jabber:component:accept\"", "", StringComparison.Ordinal)
        .Replace(" />", "/>", StringComparison.Ordinal).EnumerateRunes().Count();
}
