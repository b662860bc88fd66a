using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Annex.Contracts.Upload.V1;
using Annex.Rpc;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Scenarios.Upload;

/// <summary>annex.upload.v1, as annexctl calls it.</summary>
public sealed class AdministrationConversations(DiskHost fixture) : IClassFixture<DiskHost>
{
    private UploadHost Host => fixture.Host;

    private UploadAdministration.UploadAdministrationClient Client =>
        new(Host.Services.GetRequiredService<RpcPeers>().Find("Upload")!);

    [Fact]
    public async Task Files_are_listed_by_user_domain_content_purpose_time_and_page()
    {
        var (ann, ben) = (Host.NewUser(), Host.NewUser());
        var content = RandomNumberGenerator.GetBytes(100);
        var first = await Host.UploadAsync(ann, content, "one.jpg");
        var second = await Host.UploadAsync(ann, new byte[20], "two.jpg", purpose: "<profile xmlns='urn:xmpp:http:upload:purpose:0'/>");
        var third = await Host.UploadAsync(ben, content, "three.jpg");

        var hers = await ListAsync(new ListFilesRequest { Uploader = ann.Jid });
        Assert.Equal([second.AbsoluteUri, first.AbsoluteUri], hers.Select(file => file.Url));
        Assert.Equal(("one.jpg", "image/jpeg", 100, "message"), (hers[1].FileName, hers[1].ContentType, hers[1].Size, hers[1].Purpose));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), hers[1].Sha256);
        Assert.Equal([first.AbsoluteUri], (await ListAsync(new() { Uploader = ann.Jid, BeforeId = hers[0].Id })).Select(file => file.Url));
        Assert.Equal([second.AbsoluteUri], (await ListAsync(new() { Uploader = ann.Jid, Limit = 1 })).Select(file => file.Url));
        Assert.Equal([second.AbsoluteUri], (await ListAsync(new() { Uploader = ann.Jid, Purpose = "profile" })).Select(file => file.Url));
        Assert.Equal([third.AbsoluteUri, first.AbsoluteUri],
            (await ListAsync(new() { Sha256 = hers[1].Sha256.ToUpperInvariant() })).Select(file => file.Url));
        Assert.Empty(await ListAsync(new() { Uploader = ann.Jid, Start = hers[0].StoredAt + Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) }));
        Assert.Empty(await ListAsync(new() { Uploader = ann.Jid, End = hers[1].StoredAt }));
        Assert.Superset(new HashSet<string> { first.AbsoluteUri, second.AbsoluteUri, third.AbsoluteUri },
            (await ListAsync(new() { Domain = "annex.test" })).Select(file => file.Url).ToHashSet());
        Assert.Empty(await ListAsync(new() { Domain = "nowhere.test" }));
    }

    [Theory]
    [InlineData("@@", "", "", "")]
    [InlineData("a@annex.test", "annex.test", "", "")]
    [InlineData("", "a@annex.test", "", "")]
    [InlineData("", "", "abc", "")]
    [InlineData("", "", "", "sonnet")]
    public async Task What_makes_no_sense_is_an_invalid_argument(string uploader, string domain, string sha256, string purpose)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            ListAsync(new() { Uploader = uploader, Domain = domain, Sha256 = sha256, Purpose = purpose }));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task Usage_is_told_of_a_user_a_domain_and_all()
    {
        var ann = Host.NewUser();
        await Host.UploadAsync(ann, new byte[70]);
        await Host.UploadAsync(ann, new byte[30], purpose: "<profile xmlns='urn:xmpp:http:upload:purpose:0'/>");
        var hers = await Client.GetUsageAsync(new GetUsageRequest { Uploader = ann.Jid });
        Assert.Equal((2, 100, 100), (hers.Files, hers.Bytes, hers.BytesToday));
        Assert.Equal(2L * 1024 * 1024 * 1024, hers.TotalQuota);
        Assert.Equal([("message", 70L), ("profile", 30L), ("ephemeral", 0L)], hers.Purposes.Select(p => (p.Purpose, p.Bytes)));
        var domain = await Client.GetUsageAsync(new GetUsageRequest { Domain = "annex.test" });
        var all = await Client.GetUsageAsync(new GetUsageRequest());
        Assert.True(all.Bytes >= domain.Bytes && domain.Bytes >= 100 && domain.BytesToday >= 100);
        Assert.Contains((Replies.Bare(ann), 2L, 100L),
            (await AllAsync(Client.ListUserUsage(new() { Domain = "annex.test" }))).Select(row => (row.Uploader, row.Files, row.Bytes)));
        Assert.Contains(await AllAsync(Client.ListDomainUsage(new())), row => row.Domain == "annex.test" && row.Bytes >= 100);
    }

    [Fact]
    public async Task A_file_is_found_and_deleted_by_its_URL()
    {
        var ann = Host.NewUser();
        var url = await Host.UploadAsync(ann, new byte[10]);
        var found = await Client.GetFileAsync(new GetFileRequest { Url = url.AbsoluteUri });
        Assert.Equal(Replies.Bare(ann), found.Uploader);
        var deleted = await Client.DeleteFileAsync(new DeleteFileRequest { Url = url.AbsoluteUri, Reason = "unlawful" });
        Assert.Equal(found, deleted.File);
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(url)).StatusCode);
        await Eventually.IsTrueAsync(() => Host.Seen.Deleted.Any(e => e.Url == url.AbsoluteUri && e.Reason == "unlawful"));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Client.DeleteFileAsync(new() { Url = url.AbsoluteUri }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task A_domain_that_leaves_takes_its_files_along()
    {
        await using var host = await UploadHost.StartAsync(StoreKind.Disk, ("LocalDomains", "annex.test,old.test"));
        var client = new UploadAdministration.UploadAdministrationClient(host.Services.GetRequiredService<RpcPeers>().Find("Upload")!);
        var stays = await host.UploadAsync(host.NewUser(), new byte[10]);
        var goes = await host.UploadAsync(host.NewUser("old.test"), new byte[20]);
        await host.UploadAsync(host.NewUser("old.test"), new byte[30]);
        var answer = await client.DeleteFilesOfDomainAsync(new DeleteFilesOfDomainRequest { Domain = "old.test" });
        Assert.Equal((2, 50), (answer.Files, answer.Bytes));
        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync(goes)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(stays)).StatusCode);
    }

    [Fact]
    public async Task An_erased_user_leaves_no_file_no_slot_and_no_name()
    {
        var ann = Host.NewUser();
        var url = await Host.UploadAsync(ann, new byte[10]);
        var slot = await Host.SlotAsync(ann, "b.jpg", 3);
        var export = await Client.ExportUserAsync(new ExportUserRequest { Uploader = ann.Jid });
        using (var document = JsonDocument.Parse(export.Json.ToByteArray()))
        {
            Assert.Equal(url.AbsoluteUri, document.RootElement.GetProperty("files")[0].GetProperty("url").GetString());
        }
        var erased = await Client.EraseUserAsync(new EraseUserRequest { Uploader = ann.Jid });
        Assert.Equal((1, 10), (erased.Files, erased.Bytes));
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(url)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Host.PutAsync(slot, [1, 2, 3])).StatusCode);
        Assert.Equal(0, await Host.MentionsAsync(ann));
    }

    [Fact]
    public async Task A_content_is_blocked_by_the_URL_of_a_file_that_has_it()
    {
        var content = RandomNumberGenerator.GetBytes(50);
        var url = await Host.UploadAsync(Host.NewUser(), content);
        var blocked = await Client.BlockContentAsync(new BlockContentRequest { Url = url.AbsoluteUri, Reason = "unlawful" });
        Assert.Equal((1, Convert.ToHexStringLower(SHA256.HashData(content))), (blocked.FilesDeleted, blocked.Sha256));
        Assert.Contains(await AllAsync(Client.ListBlockedContent(new())), b => b.Sha256 == blocked.Sha256 && b.Reason == "unlawful");
        Assert.Single(await AllAsync(Client.ListBlockedContent(new() { Limit = 1 })));
        await Client.UnblockContentAsync(new UnblockContentRequest { Sha256 = blocked.Sha256 });
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await Client.UnblockContentAsync(new UnblockContentRequest { Sha256 = blocked.Sha256 }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    private static async Task<List<T>> AllAsync<T>(AsyncServerStreamingCall<T> call)
    {
        using (call)
        {
            var all = new List<T>();
            await foreach (var one in call.ResponseStream.ReadAllAsync()) all.Add(one);
            return all;
        }
    }

    private Task<List<StoredFile>> ListAsync(ListFilesRequest request) => AllAsync(Client.ListFiles(request));
}
