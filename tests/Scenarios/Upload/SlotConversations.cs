using System.Xml.Linq;
using Xunit;

namespace Annex.Scenarios.Upload;

/// <summary>What is said over XMPP, whatever the store.</summary>
public sealed class SlotConversations(DiskHost fixture) : IClassFixture<DiskHost>
{
    private static readonly XNamespace Upload = "urn:xmpp:http:upload:0";

    private UploadHost Host => fixture.Host;

    [Fact] // U1, XEP-0363 §3
    public async Task The_service_says_what_it_is_how_much_it_takes_and_for_which_purposes()
    {
        var romeo = Host.NewUser();
        await romeo.Send("<iq type='get' id='d1' to='upload.annex.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        var query = (await romeo.ExpectReply()).Elements().Single();
        Assert.Contains(query.Elements(), e => e.Name.LocalName == "identity"
            && (string?)e.Attribute("category") == "store" && (string?)e.Attribute("type") == "file");
        var features = query.Elements().Where(e => e.Name.LocalName == "feature").Select(e => (string)e.Attribute("var")!).ToList();
        Assert.Contains("urn:xmpp:http:upload:0", features);
        Assert.Contains("urn:xmpp:http:upload", features);
        Assert.Equal(
            ["urn:xmpp:http:upload:purpose:0#ephemeral", "urn:xmpp:http:upload:purpose:0#message", "urn:xmpp:http:upload:purpose:0#profile"],
            features.Where(feature => feature.StartsWith("urn:xmpp:http:upload:purpose:0", StringComparison.Ordinal)).Order());
        XNamespace data = "jabber:x:data";
        var form = query.Elements(data + "x").Single(x => Value(x, "FORM_TYPE") == "urn:xmpp:http:upload:0");
        Assert.Equal("104857600", Value(form, "max-file-size"));

        string? Value(XElement x, string name) =>
            x.Elements(data + "field").Single(f => (string?)f.Attribute("var") == name).Element(data + "value")?.Value;
    }

    [Fact] // U2, U3, U17
    public async Task A_slot_has_https_URLs_an_Authorization_and_nothing_that_can_be_guessed()
    {
        var reply = await Host.AskAsync(Host.NewUser(), "filename='très cool.jpg' size='23456' content-type='image/jpeg'");
        Assert.Equal("result", (string?)reply.Attribute("type"));
        var slot = TestSlot.Read(reply);
        var url = reply.Descendants(Upload + "get").Single().Attribute("url")!.Value;
        Assert.StartsWith("https://upload.annex.test/share/", url, StringComparison.Ordinal);
        Assert.EndsWith("/tr%C3%A8s%20cool.jpg", url, StringComparison.Ordinal);
        Assert.Matches("^https://[A-Za-z0-9./_~%-]+$", url);
        Assert.True(url.Split('/')[^2].Length * 6 >= 128);
        var header = Assert.Single(reply.Descendants(Upload + "header"));
        Assert.Equal("Authorization", (string?)header.Attribute("name"));
        Assert.DoesNotMatch("[\r\n]", header.Value);
        Assert.StartsWith("Bearer ", slot.Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_version_0_2_gets_its_slot_too()
    {
        var old = Host.NewUser();
        await old.Send("<iq type='get' id='o1' to='upload.annex.test'><request xmlns='urn:xmpp:http:upload'>" +
            "<filename>a.jpg</filename><size>3</size><content-type>image/jpeg</content-type></request></iq>");
        XNamespace legacy = "urn:xmpp:http:upload";
        var slot = (await old.ExpectReply()).Element(legacy + "slot")!;
        var put = new TestSlot(new Uri(slot.Element(legacy + "put")!.Value), new Uri(slot.Element(legacy + "get")!.Value), null);
        using var response = await Host.PutAsync(put, [1, 2, 3], "image/jpeg");
        Assert.Equal(System.Net.HttpStatusCode.Created, response.StatusCode);
        Assert.Equal([1, 2, 3], await (await Host.GetAsync(put.Get)).Content.ReadAsByteArrayAsync());
    }

    [Theory] // U4
    [InlineData("filename='a' size='0'")]
    [InlineData("filename='a' size='-5'")]
    [InlineData("filename='a' size='1e3'")]
    [InlineData("filename='a' size='9223372036854775808'")]
    [InlineData("filename='a'")]
    [InlineData("size='5'")]
    [InlineData("filename='a' size='5' content-type='image/png&#13;&#10;X: y'")]
    public async Task A_request_that_makes_no_sense_is_a_bad_request(string attributes) =>
        Replies.AssertError(await Host.AskAsync(Host.NewUser(), attributes), "modify", "bad-request");

    [Fact] // U4, XEP-0363 §6
    public async Task A_file_that_is_too_large_is_refused_with_the_limit_and_the_request_is_echoed()
    {
        var reply = await Host.AskAsync(Host.NewUser(), "filename='très cool.jpg' size='104857601' content-type='image/jpeg'");
        var error = Replies.AssertError(reply, "modify", "not-acceptable");
        Assert.Equal("104857600", error.Element(Upload + "file-too-large")!.Element(Upload + "max-file-size")!.Value);
        var echo = reply.Element(Upload + "request")!;
        Assert.Equal(("très cool.jpg", "104857601"), ((string?)echo.Attribute("filename"), (string?)echo.Attribute("size")));
    }

    [Theory] // U6
    [InlineData("romeo@far.test/x")]
    [InlineData("romeo@sub.annex.test/x")]
    [InlineData("annex.test")]
    [InlineData("bot.annex.test")]
    public async Task Strangers_get_no_slot(string jid) =>
        Replies.AssertError(await Host.AskAsync(Host.Server.User(jid), "filename='a' size='5'"), "auth", "forbidden");

    [Theory] // U7
    [InlineData("../../x", "x")]
    [InlineData("..%2f..%2fetc", ".._2f.._2fetc")]
    [InlineData("a/b.png", "b.png")]
    [InlineData("a\\b.png", "b.png")]
    [InlineData("...", "file")]
    [InlineData("x\u202Egpj.exe", "x_gpj.exe")]
    [InlineData("x.jpg&#13;&#10;Set-Cookie: a=b", "x.jpg__Set-Cookie: a=b")]
    public async Task A_hostile_name_becomes_a_harmless_one(string name, string expected)
    {
        var url = TestSlot.Read(await Host.AskAsync(Host.NewUser(), $"filename='{name}' size='5'")).Get;
        Assert.Equal(expected, Uri.UnescapeDataString(url.AbsolutePath.Split('/')[^1]));
        Assert.Equal(4, url.AbsolutePath.Split('/').Length);
    }

    [Fact] // U7
    public async Task A_long_name_is_cut_and_keeps_its_ending()
    {
        var url = (await Host.SlotAsync(Host.NewUser(), new string('n', 300) + ".jpeg", 5)).Get;
        Assert.Equal(180, url.AbsolutePath.Split('/')[^1].Length);
        Assert.EndsWith("n.jpeg", url.AbsolutePath, StringComparison.Ordinal);
    }

    [Theory] // U20
    [InlineData("<ephemeral xmlns='urn:xmpp:http:upload:purpose:0' expire-before='2001-01-01T00:00:00Z'/>")]
    [InlineData("<ephemeral xmlns='urn:xmpp:http:upload:purpose:0' expire-before='soon'/>")]
    [InlineData("<ephemeral xmlns='urn:xmpp:http:upload:purpose:0'/>")]
    public async Task An_ephemeral_file_needs_a_time_in_the_future(string purpose) =>
        Replies.AssertError(await Host.AskAsync(Host.NewUser(), "filename='a' size='5'", purpose), "modify", "bad-request");

    [Fact]
    public async Task A_purpose_that_is_not_served_is_refused() => Replies.AssertError(
        await Host.AskAsync(Host.NewUser(), "filename='a' size='5'", "<permanent xmlns='urn:xmpp:http:upload:purpose:0'/>"),
        "modify", "not-acceptable");

    [Fact]
    public async Task A_purpose_has_its_own_limit()
    {
        var reply = await Host.AskAsync(
            Host.NewUser(), "filename='a' size='5242881'", "<profile xmlns='urn:xmpp:http:upload:purpose:0'/>");
        Assert.Equal("5242880", Replies.AssertError(reply, "modify", "not-acceptable").Descendants(Upload + "max-file-size").Single().Value);
    }

    [Fact]
    public async Task Whoever_is_banned_from_the_suite_gets_no_slot_until_the_ban_is_lifted()
    {
        var tybalt = Host.NewUser();
        var bare = Replies.Bare(tybalt);
        await Host.PublishAsync(new Annex.Contracts.Events.UserBanned { Subject = bare });
        await Eventually.IsTrueAsync(async () => Replies.IsError(await Host.AskAsync(tybalt, "filename='a' size='5'"), "forbidden"));
        await Host.PublishAsync(new Annex.Contracts.Events.UserUnbanned { Subject = bare });
        await Eventually.IsTrueAsync(async () => !Replies.IsError(await Host.AskAsync(tybalt, "filename='a' size='5'"), "forbidden"));
    }
}
