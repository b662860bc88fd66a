using System.Net;
using System.Net.Http.Headers;
using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Upload;

/// <summary>Operators who keep their server's own module: its slots, our HTTP.</summary>
public sealed class ExternalModuleTests
{
    private const string Secret = "a-secret-between-two-servers";

    private static readonly Dictionary<string, string> Users = new() { ["ann"] = "anns-password" };

    // Prosody opens its component port, by which the fixture knows that it is up, only for a plain component.
    private static readonly Dictionary<string, string> Unused = new() { ["unused.annex.test"] = "unused-secret" };

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task Prosodys_external_module_hands_out_slots_that_we_fill(string protocol)
    {
        await using var upload = await AttachedUpload.StartAsync(0, ("Upload:External:Secret", Secret));
        await using var server = await ProsodyServer.StartAsync(new XmppServerOptions
        {
            Users = Users,
            Components = Unused,
            ComponentLines = $"""
                Component "files.annex.test" "http_upload_external"
                  http_upload_external_base_url = "{upload.Url}"
                  http_upload_external_secret = "{Secret}"
                  http_upload_external_protocol = "{protocol}"
                """,
        });
        await UploadsAsync(server.ClientPort);
    }

    [Fact]
    public async Task Prosodys_own_module_hands_out_tokens_that_we_honour()
    {
        await using var upload = await AttachedUpload.StartAsync(0, ("Upload:External:ProsodySecret", Secret));
        await using var server = await ProsodyServer.StartAsync(new XmppServerOptions
        {
            Users = Users,
            Components = Unused,
            ComponentLines = $"""
                Component "files.annex.test" "http_file_share"
                  http_file_share_base_url = "{upload.Url}"
                  http_file_share_secret = "{Secret}"
                  http_file_share_size_limit = 104857600
                  http_file_share_daily_quota = 1048576000
                """,
        });
        await UploadsAsync(server.ClientPort);
    }

    [Fact]
    public async Task Ejabberds_module_asks_us_for_slots()
    {
        await using var upload = await AttachedUpload.StartAsync(0, ("Upload:External:ServiceUrlSecret", Secret));
        await using var server = await EjabberdServer.StartAsync(new XmppServerOptions
        {
            Users = Users,
            ModuleLines = $"""
                  mod_http_upload:
                    host: files.annex.test
                    service_url: "{upload.Url}ejabberd/{Secret}"
                    max_size: 104857600
                """,
        });
        await UploadsAsync(server.ClientPort);
        using var http = new HttpClient();
        var wrong = new Uri(upload.Url, "/ejabberd/another-secret?jid=ann@annex.test&name=a&size=5&content_type=");
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(wrong)).StatusCode);
        var stranger = new Uri(upload.Url, $"/ejabberd/{Secret}?jid=ann@far.test&name=a&size=5&content_type=");
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(stranger)).StatusCode);
        var large = new Uri(upload.Url, $"/ejabberd/{Secret}?jid=ann@annex.test&name=a&size=999999999999&content_type=");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await http.GetAsync(large)).StatusCode);
    }

    [Fact] // U24, U8, U11 by the external protocol
    public async Task An_external_upload_is_held_to_what_was_signed()
    {
        await using var upload = await AttachedUpload.StartAsync(0, ("Upload:External:Secret", Secret));
        using var http = new HttpClient();
        var first = Sign("r1/a b.txt 3");
        var second = Sign("r1/a b.txt\03\0text/plain");
        Assert.Equal(HttpStatusCode.Unauthorized, await PutAsync("/r1/a%20b.txt", 3, "text/plain"));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync($"/r1/a%20b.txt?v={first}&v2={new string('0', 64)}", 3, "text/plain"));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync($"/r1/a%20b.txt?v={first}", 4, "text/plain"));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync($"/r1/a%20b.txt?v2={second}", 3, "text/html"));
        Assert.Equal(HttpStatusCode.Created, await PutAsync($"/r1/a%20b.txt?v={new string('0', 64)}&v2={second}", 3, "text/plain"));
        Assert.Equal(HttpStatusCode.Conflict, await PutAsync($"/r1/a%20b.txt?v={first}", 3, "text/plain"));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(upload.Url, "/r1/a%20b.txt"))).StatusCode);

        async Task<HttpStatusCode> PutAsync(string path, int length, string type)
        {
            using var content = new ByteArrayContent(new byte[length]);
            content.Headers.ContentType = new MediaTypeHeaderValue(type);
            return (await http.PutAsync(new Uri(upload.Url, path), content)).StatusCode;
        }

        static string Sign(string message) => Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(Secret), System.Text.Encoding.UTF8.GetBytes(message)));
    }

    private static async Task UploadsAsync(int clientPort)
    {
        var (exitCode, output) = await PythonProgram.RunAsync("tests/Interop/Upload/python/upload_client.py",
            ["127.0.0.1", $"{clientPort}", "ann@annex.test", "anns-password", "plain"], TimeSpan.FromMinutes(3));
        Assert.True(exitCode == 0, output);
    }
}
