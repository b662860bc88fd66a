using System.Net;
using System.Security.Cryptography;
using Annex.Upload.Blobs.S3;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Scenarios.Upload;

/// <summary>Uploads that go straight into a real bucket's staging area.</summary>
public sealed class PreSignedUploads(CephPreSignedHost fixture) : IClassFixture<CephPreSignedHost>
{
    private UploadHost Host => fixture.Host;

    [Fact] // U8, U9, U10, U19
    public async Task The_store_itself_refuses_another_length_type_path_or_signature()
    {
        var slot = await Host.SlotAsync(Host.NewUser(), "a.jpg", 3, "image/jpeg");
        Assert.Null(slot.Authorization);
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.PutAsync(slot, [1, 2, 3, 4], "image/jpeg")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.PutAsync(slot, [1, 2], "image/jpeg")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.PutAsync(slot, [1, 2, 3], "text/html")).StatusCode);
        var bare = new Uri(slot.Put.GetLeftPart(UriPartial.Path));
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.PutAsync(slot with { Put = bare }, [1, 2, 3], "image/jpeg")).StatusCode);
        var other = new Uri(slot.Put.AbsoluteUri.Replace("/incoming/", "/incoming/x", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.PutAsync(slot with { Put = other }, [1, 2, 3], "image/jpeg")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(slot.Get)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Host.PutAsync(slot, [1, 2, 3], "image/jpeg")).StatusCode);
        Assert.Equal([1, 2, 3], await (await Host.GetAsync(slot.Get)).Content.ReadAsByteArrayAsync());
    }

    [Fact] // U19
    public async Task The_bucket_is_nobodys_to_read_or_list()
    {
        var slot = await Host.SlotAsync(Host.NewUser(), "a.jpg", 3);
        Assert.Equal(HttpStatusCode.OK, (await Host.PutAsync(slot, [1, 2, 3])).StatusCode);
        var bucket = new Uri(slot.Put, $"/{slot.Put.Segments[1]}");
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.GetAsync(bucket)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.GetAsync(new Uri(slot.Put.GetLeftPart(UriPartial.Path)))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.GetAsync(slot.Put)).StatusCode); // signed for PUT alone
    }

    [Fact] // U11
    public async Task Using_the_URL_again_changes_nothing_and_what_it_left_is_swept()
    {
        var slot = await Host.SlotAsync(Host.NewUser(), "a.jpg", 3);
        Assert.Equal(HttpStatusCode.OK, (await Host.PutAsync(slot, [1, 2, 3])).StatusCode);
        Assert.Equal([1, 2, 3], await (await Host.GetAsync(slot.Get)).Content.ReadAsByteArrayAsync());
        var staging = Host.Services.GetRequiredService<S3Staging>();
        var ticket = slot.Get.Segments[^2].TrimEnd('/');
        // A file is served from its commit on; what it was made of leaves staging right after.
        await Eventually.IsTrueAsync(async () => await staging.FindAsync(ticket, default) is null);
        Assert.Equal(HttpStatusCode.OK, (await Host.PutAsync(slot, [4, 5, 6])).StatusCode);
        Assert.Equal([1, 2, 3], await (await Host.GetAsync(slot.Get)).Content.ReadAsByteArrayAsync());
        Assert.NotNull(await staging.FindAsync(ticket, default));
        Host.Time.Skew += TimeSpan.FromHours(3);
        try
        {
            await Host.MendAsync();
        }
        finally
        {
            Host.Time.Skew -= TimeSpan.FromHours(3);
        }
        Assert.Null(await staging.FindAsync(ticket, default));
        Assert.Equal([1, 2, 3], await (await Host.GetAsync(slot.Get)).Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task What_arrived_is_told_to_others_even_if_nobody_asks_for_it()
    {
        var content = RandomNumberGenerator.GetBytes(300_000);
        var slot = await Host.SlotAsync(Host.NewUser(), "a.bin", content.Length);
        Assert.Equal(HttpStatusCode.OK, (await Host.PutAsync(slot, content)).StatusCode);
        await Eventually.IsTrueAsync(() => Host.Seen.Stored.Any(e => e.Url == slot.Get.AbsoluteUri));
        var stored = Host.Seen.Stored.Single(e => e.Url == slot.Get.AbsoluteUri);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), stored.Sha256);
    }

    [Fact] // U18
    public async Task An_expired_signature_is_worth_nothing()
    {
        Host.Time.Skew -= TimeSpan.FromMinutes(10); // signed to end five minutes ago
        TestSlot slot;
        try
        {
            slot = await Host.SlotAsync(Host.NewUser(), "a.jpg", 3);
        }
        finally
        {
            Host.Time.Skew += TimeSpan.FromMinutes(10);
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.PutAsync(slot, [1, 2, 3])).StatusCode);
    }
}
