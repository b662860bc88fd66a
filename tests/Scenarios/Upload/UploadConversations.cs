using System.Net;
using System.Security.Cryptography;
using System.Text;
using Annex.Upload.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Scenarios.Upload;

/// <summary>PUTs that go through the service: right, wrong, broken off, at once.</summary>
public abstract class UploadConversations(HostFixture fixture)
{
    protected UploadHost Host => fixture.Host;

    [Fact] // U8
    public async Task Without_the_right_token_nothing_is_taken()
    {
        var romeo = Host.NewUser();
        var slot = await Host.SlotAsync(romeo, "a.jpg", 3);
        var other = await Host.SlotAsync(romeo, "b.jpg", 3);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Host.PutAsync(slot with { Authorization = null }, [1, 2, 3])).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Host.PutAsync(slot with { Authorization = "Basic YTpi" }, [1, 2, 3])).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Host.PutAsync(slot with { Authorization = "Bearer x" }, [1, 2, 3])).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden,
            (await Host.PutAsync(slot with { Authorization = other.Authorization }, [1, 2, 3])).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden,
            (await Host.PutAsync(slot with { Authorization = Alter(slot.Authorization!, 30) }, [1, 2, 3])).StatusCode);
        Host.Time.Skew += TimeSpan.FromMinutes(6);
        try
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await Host.PutAsync(slot, [1, 2, 3])).StatusCode);
        }
        finally
        {
            Host.Time.Skew -= TimeSpan.FromMinutes(6);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(slot.Get)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await Host.PutAsync(slot, [1, 2, 3])).StatusCode);
    }

    [Theory] // U9
    [InlineData(4, false, 413)]
    [InlineData(6, false, 413)]
    [InlineData(2, false, 400)]
    [InlineData(4, true, 413)]
    [InlineData(100_000, true, 413)]
    [InlineData(2, true, 400)]
    public async Task A_body_of_another_length_is_refused_and_nothing_is_kept(int length, bool isChunked, int status)
    {
        var romeo = Host.NewUser();
        var slot = await Host.SlotAsync(romeo, "a.jpg", 3);
        using var response = await Host.PutAsync(slot, new byte[length], change: request =>
        {
            if (isChunked) request.Headers.TransferEncodingChunked = true;
        });
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(slot.Get)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await Host.PutAsync(slot, [1, 2, 3])).StatusCode);
    }

    [Fact] // U9
    public async Task A_chunked_body_of_the_right_length_is_as_good_as_any()
    {
        var slot = await Host.SlotAsync(Host.NewUser(), "a.jpg", 3);
        using var response = await Host.PutAsync(slot, [1, 2, 3], change: r => r.Headers.TransferEncodingChunked = true);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal([1, 2, 3], await (await Host.GetAsync(slot.Get)).Content.ReadAsByteArrayAsync());
    }

    [Fact] // U10
    public async Task The_type_of_the_slot_is_the_type_of_the_upload()
    {
        var romeo = Host.NewUser();
        var slot = await Host.SlotAsync(romeo, "a.jpg", 3, "image/jpeg");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await Host.PutAsync(slot, [1, 2, 3], "text/html")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await Host.PutAsync(slot, [1, 2, 3], "Image/JPEG; charset=utf-8")).StatusCode);
        var empty = await Host.SlotAsync(romeo, "a.jpg", 3, "image/jpeg");
        Assert.Equal(HttpStatusCode.Created, (await Host.PutAsync(empty, [1, 2, 3])).StatusCode);
        var untyped = await Host.SlotAsync(romeo, "a.jpg", 3);
        Assert.Equal(HttpStatusCode.Created, (await Host.PutAsync(untyped, [1, 2, 3], "text/html")).StatusCode);
        Assert.Equal("application/octet-stream", (await Host.GetAsync(untyped.Get)).Content.Headers.ContentType!.ToString());
    }

    [Fact] // U11
    public async Task A_second_PUT_is_a_conflict_and_the_first_bytes_stay()
    {
        var slot = await Host.SlotAsync(Host.NewUser(), "a.jpg", 3);
        Assert.Equal(HttpStatusCode.Created, (await Host.PutAsync(slot, [1, 2, 3])).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Host.PutAsync(slot, [4, 5, 6])).StatusCode);
        Assert.Equal([1, 2, 3], await (await Host.GetAsync(slot.Get)).Content.ReadAsByteArrayAsync());
    }

    [Fact] // U11
    public async Task Of_many_PUTs_at_once_exactly_one_wins()
    {
        for (var round = 0; round < 5; round++)
        {
            var slot = await Host.SlotAsync(Host.NewUser(), "a.bin", 200_000);
            var contents = Enumerable.Range(0, 8).Select(_ => RandomNumberGenerator.GetBytes(200_000)).ToList();
            var statuses = await Task.WhenAll(contents.Select(async content =>
            {
                using var response = await Host.PutAsync(slot, content);
                return response.StatusCode;
            }));
            var winner = Array.IndexOf(statuses, HttpStatusCode.Created);
            Assert.Equal(1, statuses.Count(status => status == HttpStatusCode.Created));
            Assert.All(statuses.Where((_, i) => i != winner), status => Assert.Equal(HttpStatusCode.Conflict, status));
            Assert.Equal(contents[winner], await (await Host.GetAsync(slot.Get)).Content.ReadAsByteArrayAsync());
        }
    }

    [Fact] // U12
    public async Task An_upload_that_breaks_off_leaves_nothing_and_can_be_tried_again()
    {
        var slot = await Host.SlotAsync(Host.NewUser(), "a.bin", 100_000);
        using (var raw = await RawHttp.ConnectAsync(Host.Address))
        {
            await raw.SendAsync($"PUT {slot.Put.AbsolutePath} HTTP/1.1\r\nHost: x\r\nAuthorization: {slot.Authorization}\r\n" +
                "Content-Length: 100000\r\n\r\n" + new string('x', 60_000));
            await Eventually.IsTrueAsync(() =>
                Host.Services.GetRequiredService<Annex.Upload.Intake.ActiveUploads>().Paths.Any(p => slot.Get.AbsolutePath.Contains(p.Split('/')[0])));
            Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(slot.Get)).StatusCode);
        }
        var content = RandomNumberGenerator.GetBytes(100_000);
        Assert.Equal(HttpStatusCode.Created, (await Host.PutAsync(slot, content)).StatusCode);
        Assert.Equal(content, await (await Host.GetAsync(slot.Get)).Content.ReadAsByteArrayAsync());
    }

    [Theory] // U14 of requests: what a hostile client may try
    [InlineData("Content-Length: 3\r\nContent-Range: bytes 0-2/3", "400")]
    [InlineData("Content-Length: 3\r\nContent-Encoding: gzip", "415")]
    [InlineData("Content-Length: -3", "400")]
    [InlineData("Content-Length: 3\r\nContent-Length: 4", "400")]
    [InlineData("Content-Length: 3\r\nTransfer-Encoding: chunked", "400")]
    [InlineData("Content-Length: 99999999999999999999", "400")]
    [InlineData("Transfer-Encoding: gzip", "4")]
    [InlineData("Transfer-Encoding: gzip, chunked", "501")]
    public async Task A_malformed_PUT_gets_a_clear_status_and_leaves_nothing(string headers, string status)
    {
        var slot = await Host.SlotAsync(Host.NewUser(), "a.bin", 3);
        using var raw = await RawHttp.ConnectAsync(Host.Address);
        await raw.SendAsync($"PUT {slot.Put.AbsolutePath} HTTP/1.1\r\nHost: x\r\nAuthorization: {slot.Authorization}\r\n{headers}\r\n\r\n" +
            (headers.Contains("chunked", StringComparison.Ordinal) ? "3\r\nabc\r\n0\r\n\r\n" : "abc"));
        Assert.StartsWith("HTTP/1.1 " + status, await raw.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(slot.Get)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await Host.PutAsync(slot, [1, 2, 3])).StatusCode);
    }

    [Theory] // U9
    [InlineData("4\r\nabcd\r\n0\r\n\r\n", "413")]
    [InlineData("2\r\nab\r\n0\r\n\r\n", "400")]
    [InlineData("xyz\r\nabc\r\n0\r\n\r\n", "400")]
    public async Task Chunks_of_another_length_or_none_at_all_are_refused_without_an_error_of_ours(string body, string status)
    {
        var slot = await Host.SlotAsync(Host.NewUser(), "a.bin", 3);
        using var raw = await RawHttp.ConnectAsync(Host.Address);
        await raw.SendAsync($"PUT {slot.Put.AbsolutePath} HTTP/1.1\r\nHost: x\r\nAuthorization: {slot.Authorization}\r\n" +
            $"Transfer-Encoding: chunked\r\n\r\n{body}");
        Assert.StartsWith("HTTP/1.1 " + status, await raw.ReadHeadAsync(), StringComparison.Ordinal);
        await raw.ReadToEndAsync(); // when the connection is closed, all is said
        Assert.DoesNotContain(Host.Failures.Lines, line => line.Contains("request body", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Created, (await Host.PutAsync(slot, [1, 2, 3])).StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_refused_is_not_waited_for()
    {
        using var raw = await RawHttp.ConnectAsync(Host.Address);
        await raw.SendAsync("PUT /share/x/y HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 401", await raw.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact] // U16
    public async Task A_web_client_may_upload_from_anywhere_and_credentials_are_never_allowed()
    {
        var slot = await Host.SlotAsync(Host.NewUser(), "a.jpg", 3);
        using var preflight = await Host.SendAsync(HttpMethod.Options, slot.Put, ("Origin", "https://web.test"),
            ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "authorization,content-type"));
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal("*", preflight.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("PUT", preflight.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        var allowed = preflight.Headers.GetValues("Access-Control-Allow-Headers").Single();
        Assert.Contains("Authorization", allowed, StringComparison.Ordinal);
        Assert.Contains("Content-Type", allowed, StringComparison.Ordinal);
        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Credentials"));
        using var refused = await Host.PutAsync(slot with { Authorization = null }, [1, 2, 3]);
        Assert.Equal("*", refused.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Other_methods_are_not_for_files()
    {
        foreach (var method in new[] { "POST", "DELETE", "PATCH", "PROPFIND", "TRACE" })
        {
            using var response = await Host.SendAsync(new HttpMethod(method), new Uri(UploadHost.PublicUrl + "/a/b"));
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        }
    }

    [Fact] // U22: what a crash between the two leaves
    public async Task A_blob_without_a_file_goes_and_a_file_without_a_blob_goes()
    {
        var romeo = Host.NewUser();
        var url = await Host.UploadAsync(romeo, [1, 2, 3]);
        var store = Host.Services.GetRequiredService<IBlobStore>();
        var orphan = BlobKey.Create();
        await using (var writer = await store.CreateAsync(orphan, 3, default))
        {
            await writer.WriteAsync(new([1, 2, 3]), default);
            await writer.CompleteAsync(default);
        }
        await using (var command = Host.Database.CreateCommand("select blob from upload.files where owner = $1"))
        {
            command.Parameters.AddWithValue(Replies.Bare(romeo));
            await store.DeleteAsync(BlobKey.Parse((string)(await command.ExecuteScalarAsync())!), default);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(url)).StatusCode);
        Assert.NotNull(await store.LengthAsync(orphan, default));
        Host.Time.Skew += TimeSpan.FromHours(2);
        try
        {
            await Host.MendAsync();
        }
        finally
        {
            Host.Time.Skew -= TimeSpan.FromHours(2);
        }
        Assert.Null(await store.LengthAsync(orphan, default));
        Assert.Equal((0, 0), await Host.UsageAsync(romeo));
    }

    [Fact]
    public async Task What_is_due_goes_and_its_space_is_free_again()
    {
        var romeo = Host.NewUser();
        var url = await Host.UploadAsync(romeo, Encoding.ASCII.GetBytes("old"));
        await Host.SlotAsync(romeo, "never.jpg", 1000);
        Assert.Equal((1003, 1003), await Host.UsageAsync(romeo));
        Host.Time.Skew += TimeSpan.FromDays(31);
        try
        {
            Assert.Equal(HttpStatusCode.NotFound, (await Host.GetAsync(url)).StatusCode);
            await Host.SweepAsync();
            Assert.Equal((0, 0), await Host.UsageAsync(romeo));
        }
        finally
        {
            Host.Time.Skew -= TimeSpan.FromDays(31);
        }
    }

    private static string Alter(string token, int at) => token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
}
