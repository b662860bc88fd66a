using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using Annex.Contracts.Events;
using Xunit;

namespace Annex.Scenarios.Upload;

/// <summary>What users and operators can do by ad-hoc commands (XEP-0050).</summary>
public sealed class CommandConversations(DiskHost fixture) : IClassFixture<DiskHost>
{
    private static readonly XNamespace Data = "jabber:x:data";

    private UploadHost Host => fixture.Host;

    [Fact]
    public async Task A_user_sees_counts_and_deletes_what_is_theirs_alone()
    {
        var (romeo, juliet) = (Host.NewUser(), Host.NewUser());
        var first = await Host.UploadAsync(romeo, new byte[10], "one.jpg");
        var second = await Host.UploadAsync(romeo, new byte[20], "two.jpg");
        var hers = await Host.UploadAsync(juliet, new byte[5], "hers.jpg");
        var list = await Host.CommandAsync(romeo, "urn:annex:upload:files");
        Assert.Equal([second.AbsoluteUri, first.AbsoluteUri], list.Descendants(Data + "item").Select(item => Value(item, "url")));
        Assert.Equal("30", Value(await Host.CommandAsync(romeo, "urn:annex:upload:usage"), "message-bytes"));

        var refused = await Host.CommandAsync(romeo, "urn:annex:upload:delete", ("url", hers.AbsoluteUri));
        Replies.AssertError(refused, "cancel", "item-not-found");
        Assert.Equal(HttpStatusCode.OK, (await Host.GetAsync(hers)).StatusCode);

        await Host.CommandAsync(romeo, "urn:annex:upload:delete-all", ("sure", "1"));
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(first)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(second)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Host.GetAsync(hers)).StatusCode);
        Assert.Equal((0, 0), await Host.UsageAsync(romeo));
    }

    [Fact]
    public async Task A_user_takes_along_all_that_is_known_about_them()
    {
        var romeo = Host.NewUser();
        var file = await Host.UploadAsync(romeo, new byte[10], "one.jpg");
        var url = Value(await Host.CommandAsync(romeo, "urn:annex:upload:export"), "url");
        using var document = JsonDocument.Parse(await (await Host.GetAsync(new Uri(url!))).Content.ReadAsStringAsync());
        Assert.Equal(Replies.Bare(romeo), document.RootElement.GetProperty("user").GetString());
        var entry = Assert.Single(document.RootElement.GetProperty("files").EnumerateArray());
        Assert.Equal((file.AbsoluteUri, 10), (entry.GetProperty("url").GetString(), entry.GetProperty("size").GetInt32()));
    }

    [Fact]
    public async Task An_operator_blocks_a_content_everywhere_and_users_cannot()
    {
        var (romeo, admin) = (Host.NewUser(), Host.Server.User("admin@annex.test/desk"));
        var bad = System.Text.Encoding.ASCII.GetBytes($"bad {Guid.NewGuid()}");
        var first = await Host.UploadAsync(romeo, bad);
        var second = await Host.UploadAsync(Host.NewUser(), bad);
        Replies.AssertError(await Host.CommandAsync(romeo, "urn:annex:upload:admin:block"), "cancel", "forbidden");
        await Host.CommandAsync(admin, "urn:annex:upload:admin:block", ("what", first.AbsoluteUri), ("reason", "unlawful"));
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(first)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(second)).StatusCode);
        var slot = await Host.SlotAsync(romeo, "again.jpg", bad.Length);
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.PutAsync(slot, bad)).StatusCode);
        Assert.Equal((0, 0), await Host.UsageAsync(romeo));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bad));
        await Host.CommandAsync(admin, "urn:annex:upload:admin:unblock", ("what", hash));
        await Host.UploadAsync(romeo, bad);
    }

    [Fact]
    public async Task A_content_that_another_service_blocked_is_blocked_here()
    {
        var bad = System.Text.Encoding.ASCII.GetBytes($"bad {Guid.NewGuid()}");
        var url = await Host.UploadAsync(Host.NewUser(), bad);
        await Host.PublishAsync(new ContentBlocked
        {
            Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bad)),
        });
        await Eventually.IsTrueAsync(async () => (await Host.GetAsync(url)).StatusCode == HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_operator_deletes_all_of_a_user()
    {
        var (romeo, admin) = (Host.NewUser(), Host.Server.User("admin@annex.test/desk2"));
        var url = await Host.UploadAsync(romeo, new byte[10]);
        var usage = await Host.CommandAsync(admin, "urn:annex:upload:admin:user-usage", ("jid", Replies.Bare(romeo)));
        Assert.Equal("10", Value(usage, "message-bytes"));
        await Host.CommandAsync(admin, "urn:annex:upload:admin:delete-user", ("jid", Replies.Bare(romeo)));
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(url)).StatusCode);
    }

    private static string? Value(XElement element, string name) => element.Descendants(Data + "field")
        .FirstOrDefault(field => (string?)field.Attribute("var") == name)?.Element(Data + "value")?.Value;
}
