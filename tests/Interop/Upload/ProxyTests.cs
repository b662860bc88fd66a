using Annex.Testing.Servers;
using System.Diagnostics;
using System.Net;
using Annex.Scenarios.Upload;
using Xunit;

namespace Annex.Interop.Upload;

/// <summary>A real nginx in front sends the files, told by X-Accel-Redirect, as docs/upload.md says.</summary>
public sealed class ProxyTests
{
    [Fact]
    public async Task Nginx_sends_the_file_with_our_type_name_and_fences()
    {
        var files = Directory.CreateTempSubdirectory("annex-upload-").FullName;
        var directory = Directory.CreateTempSubdirectory("annex-nginx-").FullName;
        await using var host = await UploadHost.StartAsync(StoreKind.Disk,
            ("Upload:Directory", files), ("Upload:Http:XAccelRedirect", "/annex-files/"), ("Upload:Http:TrustedProxies", "127.0.0.1"));
        var port = FreePorts.Next();
        var configuration = Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off; worker_processes 1; pid {{directory}}/nginx.pid; error_log {{directory}}/error.log;
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            events {}
            http {
              access_log off; client_body_temp_path {{directory}}/1; proxy_temp_path {{directory}}/2;
              fastcgi_temp_path {{directory}}/3; uwsgi_temp_path {{directory}}/4; scgi_temp_path {{directory}}/5;
              server {
                listen 127.0.0.1:{{port}};
                client_max_body_size 0;
                location / {
                  proxy_pass {{host.Address.GetLeftPart(UriPartial.Authority)}};
                  proxy_http_version 1.1;
                  proxy_request_buffering off;
                }
                location /annex-files/ {
                  internal;
                  alias {{files}}/;
                  add_header Content-Security-Policy "default-src 'none'; sandbox" always;
                  add_header X-Content-Type-Options nosniff always;
                }
              }
            }
            """);
        using var nginx = Process.Start(new ProcessStartInfo("nginx", ["-c", configuration, "-p", directory])
        {
            RedirectStandardError = true,
        })!;
        try
        {
            var slot = await host.SlotAsync(host.NewUser(), "très.html", 10, "text/html");
            var front = new Uri($"http://127.0.0.1:{port}");
            using var http = new HttpClient();
            await Eventually.IsTrueAsync(async () => await AnswersAsync(http, front));
            using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(front, slot.Put.PathAndQuery))
            {
                Content = new ByteArrayContent("0123456789"u8.ToArray()),
            };
            request.Headers.TryAddWithoutValidation("Authorization", slot.Authorization);
            Assert.Equal(HttpStatusCode.Created, (await http.SendAsync(request)).StatusCode);
            using var ranged = new HttpRequestMessage(HttpMethod.Get, new Uri(front, slot.Get.PathAndQuery));
            ranged.Headers.TryAddWithoutValidation("Range", "bytes=2-4");
            using var response = await http.SendAsync(ranged);
            Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
            Assert.Equal("234", await response.Content.ReadAsStringAsync());
            Assert.Equal("text/html", response.Content.Headers.ContentType!.ToString());
            Assert.StartsWith("attachment; ", response.Content.Headers.GetValues("Content-Disposition").Single(), StringComparison.Ordinal);
            Assert.Equal("default-src 'none'; sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(front, "/annex-files/files/"))).StatusCode);
        }
        finally
        {
            nginx.Kill(entireProcessTree: true);
            await nginx.WaitForExitAsync();
            Directory.Delete(directory, recursive: true);
            Directory.Delete(files, recursive: true);
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri front)
    {
        try
        {
            using var response = await http.GetAsync(front);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
