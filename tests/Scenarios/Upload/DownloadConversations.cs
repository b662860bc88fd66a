using System.Net;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Annex.Scenarios.Upload;

/// <summary>What is true of a file that is there, however it came, wherever it lies.</summary>
public abstract class DownloadConversations(HostFixture fixture)
{
    protected UploadHost Host => fixture.Host;

    [Fact] // U13
    public async Task A_file_is_absent_then_whole_then_gone()
    {
        var romeo = Host.NewUser();
        var content = RandomNumberGenerator.GetBytes(100_000);
        var slot = await Host.SlotAsync(romeo, "pic.png", content.Length, "image/png");
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(slot.Get)).StatusCode);
        using (var put = await Host.PutAsync(slot, content, "image/png")) Assert.True(put.IsSuccessStatusCode);
        using var get = await Host.GetAsync(slot.Get);
        Assert.Equal(content, await get.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/png", get.Content.Headers.ContentType!.ToString());
        Assert.Equal(content.Length, get.Content.Headers.ContentLength);
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(content))}:", get.Headers.GetValues("Repr-Digest").Single());
        var reply = await Host.CommandAsync(romeo, "urn:annex:upload:delete", ("url", slot.Get.AbsoluteUri));
        Assert.Equal("result", (string?)reply.Attribute("type"));
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(slot.Get)).StatusCode);
        Assert.Equal((0, 0), await Host.UsageAsync(romeo));
        var stored = Host.Seen.Stored.Single(e => e.Url == slot.Get.AbsoluteUri);
        Assert.Equal((Replies.Bare(romeo), content.Length, "image/png"), (stored.Uploader, stored.Size, stored.ContentType));
        await Eventually.IsTrueAsync(() => Host.Seen.Deleted.Any(e => e.Url == slot.Get.AbsoluteUri && e.Reason == "uploader"));
    }

    [Fact] // U13
    public async Task HEAD_says_what_GET_says()
    {
        var url = await Host.UploadAsync(Host.NewUser(), [1, 2, 3, 4, 5]);
        using var get = await Host.GetAsync(url);
        using var head = await Host.SendAsync(HttpMethod.Head, url);
        Assert.Equal(Headers(get), Headers(head));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());

        static IEnumerable<string> Headers(HttpResponseMessage response) => response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key is not "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order();
    }

    [Theory] // U14
    [InlineData("image/png", "inline")]
    [InlineData("video/mp4", "inline")]
    [InlineData("audio/ogg", "inline")]
    [InlineData("text/html", "attachment")]
    [InlineData("text/plain", "attachment")]
    [InlineData("image/svg+xml", "attachment")]
    [InlineData("image/svg+xml;x", "attachment", false)]
    [InlineData("application/xml", "attachment")]
    [InlineData("application/pdf", "attachment")]
    [InlineData(null, "attachment")]
    public async Task A_file_can_do_no_harm_where_it_is_served(string? type, string disposition, bool isValid = true)
    {
        var script = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray();
        if (!isValid)
        {
            Replies.AssertError(
                await Host.AskAsync(Host.NewUser(), $"filename='x.svg' size='5' content-type='{type}'"), "modify", "bad-request");
            return;
        }
        using var response = await Host.GetAsync(await Host.UploadAsync(Host.NewUser(), script, "x\".svg", type));
        Assert.Equal("default-src 'none'; sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(type ?? "application/octet-stream", response.Content.Headers.ContentType!.ToString());
        Assert.Equal($"{disposition}; filename=\"x_.svg\"; filename*=UTF-8''x%22.svg",
            response.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.Equal("private, no-cache", response.Headers.CacheControl!.ToString().Replace("no-cache, private", "private, no-cache"));
    }

    [Theory] // U15
    [InlineData("bytes=0-0", "bytes 0-0/10", "0")]
    [InlineData("bytes=5-", "bytes 5-9/10", "56789")]
    [InlineData("bytes=-3", "bytes 7-9/10", "789")]
    [InlineData("bytes=8-100", "bytes 8-9/10", "89")]
    public async Task A_range_is_answered_with_its_part(string range, string contentRange, string part)
    {
        using var response = await Host.GetAsync(await UploadDigitsAsync(), ("Range", range));
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(contentRange, response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(part, await response.Content.ReadAsStringAsync());
    }

    [Fact] // U15
    public async Task Several_ranges_come_as_parts()
    {
        using var response = await Host.GetAsync(await UploadDigitsAsync(), ("Range", "bytes=0-1,8-9"));
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        var boundary = response.Content.Headers.ContentType!.Parameters.Single(p => p.Name == "boundary").Value;
        const string Head = "Content-Type: image/jpeg\r\nContent-Range: bytes ";
        Assert.Equal($"\r\n--{boundary}\r\n{Head}0-1/10\r\n\r\n01\r\n--{boundary}\r\n{Head}8-9/10\r\n\r\n89\r\n--{boundary}--\r\n",
            await response.Content.ReadAsStringAsync());
    }

    [Theory] // U15
    [InlineData("bytes=10-")]
    [InlineData("bytes=-0")]
    public async Task A_range_outside_is_416_with_the_length(string range)
    {
        using var response = await Host.GetAsync(await UploadDigitsAsync(), ("Range", range));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal("bytes */10", response.Content.Headers.ContentRange!.ToString());
    }

    [Fact] // U15
    public async Task If_Range_and_conditions_hold_to_the_tag()
    {
        var url = await UploadDigitsAsync();
        using var whole = await Host.GetAsync(url);
        var tag = whole.Headers.ETag!;
        Assert.False(tag.IsWeak);
        Assert.Equal(HttpStatusCode.PartialContent,
            (await Host.GetAsync(url, ("Range", "bytes=0-1"), ("If-Range", tag.ToString()))).StatusCode);
        Assert.Equal(HttpStatusCode.OK,
            (await Host.GetAsync(url, ("Range", "bytes=0-1"), ("If-Range", "\"other\""))).StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await Host.GetAsync(url, ("If-None-Match", tag.ToString()))).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Host.GetAsync(url, ("If-Match", "\"other\""))).StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await Host.GetAsync(
            url, ("If-Modified-Since", whole.Content.Headers.LastModified!.Value.ToString("R")))).StatusCode);
    }

    [Fact] // U17
    public async Task A_guess_looks_like_any_other_and_nothing_is_listed()
    {
        var url = await UploadDigitsAsync();
        var pending = (await Host.SlotAsync(Host.NewUser(), "a.jpg", 5)).Get;
        var parent = url.AbsoluteUri[..url.AbsoluteUri.LastIndexOf('/')];
        var answers = new List<string>();
        foreach (var guess in new[]
            {
                pending.AbsoluteUri, url.AbsoluteUri + "x", parent + "/other.jpg", parent + "/", parent, UploadHost.PublicUrl + "/",
                UploadHost.PublicUrl + "/" + new string('A', 24) + "/a.jpg", parent + "/..%2f..%2fx", parent + "/a%00b",
            })
        {
            using var get = await Host.GetAsync(new Uri(guess));
            using var head = await Host.SendAsync(HttpMethod.Head, new Uri(guess));
            Assert.Equal(get.StatusCode, head.StatusCode);
            if (guess.EndsWith("%00b", StringComparison.Ordinal) && get.StatusCode == HttpStatusCode.BadRequest) continue; // Kestrel
            answers.Add($"{get.StatusCode} {await get.Content.ReadAsStringAsync()} {get.Headers.CacheControl}");
        }
        Assert.Equal("NotFound There is no such file.\n no-store", Assert.Single(answers.Distinct()));
    }

    [Fact] // U20
    public async Task An_ephemeral_file_is_gone_before_its_time_even_on_a_slow_clock()
    {
        var end = Host.Time.GetUtcNow().AddMinutes(10);
        var purpose = $"<ephemeral xmlns='urn:xmpp:http:upload:purpose:0' expire-before='{end:yyyy-MM-dd'T'HH:mm:ss'Z'}'/>";
        var url = await Host.UploadAsync(Host.NewUser(), [1, 2, 3], purpose: purpose);
        Assert.Equal(HttpStatusCode.OK, (await Host.GetAsync(url)).StatusCode);
        var before = Host.Time.Skew;
        try
        {
            Host.Time.Skew += TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(4);
            Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(url)).StatusCode);
        }
        finally
        {
            Host.Time.Skew = before;
        }
    }

    [Fact] // U23
    public async Task An_account_that_is_removed_leaves_nothing_behind()
    {
        var (romeo, juliet) = (Host.NewUser(), Host.NewUser());
        var first = await Host.UploadAsync(romeo, [1, 2, 3]);
        var second = await Host.UploadAsync(romeo, [4, 5, 6]);
        await Host.SlotAsync(romeo, "never.jpg", 5);
        var other = await Host.UploadAsync(juliet, [7, 8, 9]);
        await Host.PublishAsync(new Annex.Contracts.Events.AccountRemoved { Jid = Replies.Bare(romeo) });
        await Eventually.IsTrueAsync(async () => (await Host.GetAsync(first)).StatusCode == HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(second)).StatusCode);
        Assert.Equal((0, 0), await Host.UsageAsync(romeo));
        Assert.Equal(HttpStatusCode.OK, (await Host.GetAsync(other)).StatusCode);
    }

    [Fact]
    public async Task A_retracted_message_takes_its_authors_file_with_it_and_nobody_elses()
    {
        var (romeo, mallory) = (Host.NewUser(), Host.NewUser());
        var mine = await Host.UploadAsync(mallory, [1, 2, 3]);
        var theirs = await Host.UploadAsync(romeo, [4, 5, 6]);
        Assert.Equal(HttpStatusCode.OK, (await Host.GetAsync(mine)).StatusCode);
        await Host.PublishAsync(new Annex.Contracts.Events.RoomMessageRetracted
        {
            Room = "coven@chat.annex.test",
            StanzaId = "1",
            AuthorJid = Replies.Bare(mallory),
            ModeratorNick = "firstwitch",
            Urls = [mine.AbsoluteUri, theirs.AbsoluteUri, "https://elsewhere.test/x/y"],
        });
        await Eventually.IsTrueAsync(async () => (await Host.GetAsync(mine)).StatusCode == HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, (await Host.GetAsync(theirs)).StatusCode);
        await Eventually.IsTrueAsync(() => Host.Seen.Deleted.Any(e => e.Url == mine.AbsoluteUri && e.Reason == "retracted"));
    }

    private Task<Uri> UploadDigitsAsync() => Host.UploadAsync(Host.NewUser(), Encoding.ASCII.GetBytes("0123456789"));
}
