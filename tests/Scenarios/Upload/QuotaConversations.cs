using System.Globalization;
using System.Net;
using System.Xml.Linq;
using Xunit;

namespace Annex.Scenarios.Upload;

/// <summary>What a user may not do without end.</summary>
public sealed class QuotaConversations
{
    private static readonly XNamespace Upload = "urn:xmpp:http:upload:0";

    [Fact] // U5
    public async Task A_full_quota_says_when_to_come_back_and_then_it_works()
    {
        await using var host = await UploadHost.StartAsync(StoreKind.Disk,
            ("Upload:UserQuota", "1000"), ("Upload:Purposes:Message:Retention", "1h"));
        var romeo = host.NewUser();
        await host.UploadAsync(romeo, new byte[600]);
        host.Time.Skew += TimeSpan.FromMinutes(10);
        await host.UploadAsync(romeo, new byte[400]);
        var reply = await host.AskAsync(romeo, "filename='a' size='700'");
        var error = Replies.AssertError(reply, "wait", "resource-constraint");
        var text = (string)error.Element(Upload + "retry")!.Attribute("stamp")!;
        Assert.EndsWith("Z", text, StringComparison.Ordinal);
        var stamp = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
        host.Time.Skew += stamp - host.Time.GetUtcNow() - TimeSpan.FromSeconds(30);
        Replies.AssertError(await host.AskAsync(romeo, "filename='a' size='700'"), "wait", "resource-constraint");
        host.Time.Skew += TimeSpan.FromSeconds(30);
        TestSlot.Read(await host.AskAsync(romeo, "filename='a' size='700'"));
    }

    [Fact] // U5
    public async Task What_can_never_be_granted_has_no_time()
    {
        await using var host = await UploadHost.StartAsync(StoreKind.Disk,
            ("Upload:UserQuota", "1000"), ("Upload:Purposes:Message:Retention", "0s"));
        var romeo = host.NewUser();
        await host.UploadAsync(romeo, new byte[600]);
        var reply = await host.AskAsync(romeo, "filename='a' size='700'");
        Assert.Null(Replies.AssertError(reply, "wait", "resource-constraint").Element(Upload + "retry"));
    }

    [Fact] // U18
    public async Task Slots_that_are_not_used_give_their_space_back()
    {
        await using var host = await UploadHost.StartAsync(StoreKind.Disk, ("Upload:UserQuota", "1000"));
        var romeo = host.NewUser();
        await host.SlotAsync(romeo, "a", 1000);
        Replies.AssertError(await host.AskAsync(romeo, "filename='a' size='1'"), "wait", "resource-constraint");
        host.Time.Skew += TimeSpan.FromMinutes(6);
        await host.SlotAsync(romeo, "a", 1000);
        Assert.Equal((1000, 1000), await host.UsageAsync(romeo));
    }

    [Fact] // U18
    public async Task A_flood_of_requests_is_stopped_for_its_sender_alone()
    {
        await using var host = await UploadHost.StartAsync(StoreKind.Disk,
            ("Upload:SlotBurst", "10"), ("Upload:SlotsPerMinute", "60"));
        var (mallory, romeo) = (host.NewUser(), host.NewUser());
        for (var i = 0; i < 1000; i++)
        {
            await mallory.Send($"<iq type='get' id='f{i}' to='upload.annex.test'><request xmlns='urn:xmpp:http:upload:0' filename='a' size='1'/></iq>");
        }
        var replies = new List<XElement>();
        for (var i = 0; i < 1000; i++) replies.Add(await mallory.ExpectReply());
        var granted = replies.Count(reply => (string?)reply.Attribute("type") == "result");
        Assert.InRange(granted, 10, 100);
        Assert.All(replies.Where(reply => (string?)reply.Attribute("type") == "error"), reply =>
            Assert.True(Replies.IsError(reply, "resource-constraint")));
        await host.SlotAsync(romeo, "a", 1);
    }

    [Fact]
    public async Task A_domain_and_the_whole_service_have_quotas_too()
    {
        await using var host = await UploadHost.StartAsync(StoreKind.Disk, ("Upload:DomainQuota", "1000"),
            ("Upload:TotalQuota", "1500"), ("Upload:AllowDomains:0", "partner.test"));
        await host.UploadAsync(host.NewUser(), new byte[900]);
        Replies.AssertError(await host.AskAsync(host.NewUser(), "filename='a' size='200'"), "wait", "resource-constraint");
        await host.UploadAsync(host.NewUser("partner.test"), new byte[500]);
        Replies.AssertError(
            await host.AskAsync(host.NewUser("partner.test"), "filename='a' size='200'"), "wait", "resource-constraint");
    }

    [Fact] // slow-loris
    public async Task An_upload_that_does_not_move_is_cut_off()
    {
        await using var host = await UploadHost.StartAsync(StoreKind.Disk,
            ("Upload:Http:MinBytesPerSecond", "100000"), ("Upload:Http:SlowGrace", "1100ms"));
        var slot = await host.SlotAsync(host.NewUser(), "a", 1000);
        using var raw = await RawHttp.ConnectAsync(host.Address);
        await raw.SendAsync($"PUT {slot.Put.AbsolutePath} HTTP/1.1\r\nHost: x\r\nAuthorization: {slot.Authorization}\r\nContent-Length: 1000\r\n\r\nx");
        var head = await raw.ReadHeadAsync();
        Assert.True(head.Length == 0 || head.StartsWith("HTTP/1.1 408", StringComparison.Ordinal), head);
        Assert.Equal(HttpStatusCode.Created, (await host.PutAsync(slot, new byte[1000])).StatusCode);
    }
}
