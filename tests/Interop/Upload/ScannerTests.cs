using System.Diagnostics;
using System.Net;
using System.Text;
using Annex.Scenarios.Upload;
using Xunit;

namespace Annex.Interop.Upload;

/// <summary>A real clamd, with one signature of our own.</summary>
public sealed class ScannerTests : IAsyncLifetime
{
    // Found only in this test's own file: "annex-malware" and its name.
    private const string Malware = "annex-malware-for-tests";
    private readonly string _directory = Directory.CreateTempSubdirectory("annex-clamd-").FullName;
    private Process? _clamd;

    private string Socket => Path.Combine(_directory, "clamd.sock");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "db"));
        await File.WriteAllTextAsync(Path.Combine(_directory, "db", "annex.ndb"),
            $"Annex.Test:0:*:{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(Malware))}\n");
        await File.WriteAllTextAsync(Path.Combine(_directory, "clamd.conf"), $"""
            LocalSocket {Socket}
            DatabaseDirectory {Path.Combine(_directory, "db")}
            Foreground yes
            LogFile {Path.Combine(_directory, "clamd.log")}
            TemporaryDirectory {_directory}
            """ + "\n");
        _clamd = Process.Start(new ProcessStartInfo("/usr/sbin/clamd", ["--config-file", Path.Combine(_directory, "clamd.conf")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        await Eventually.IsTrueAsync(() => File.Exists(Socket));
    }

    public async Task DisposeAsync()
    {
        if (_clamd is { HasExited: false })
        {
            _clamd.Kill();
            await _clamd.WaitForExitAsync();
        }
        _clamd?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(StoreKind.Disk)]
    [InlineData(StoreKind.CephPreSigned)]
    public async Task What_the_scanner_finds_is_never_served(StoreKind kind)
    {
        await using var host = await UploadHost.StartAsync(kind, ("Upload:Scanner:Clamd", "unix:" + Socket));
        var romeo = host.NewUser();
        var good = await host.UploadAsync(romeo, Encoding.ASCII.GetBytes("harmless"));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(good)).StatusCode);
        var content = Encoding.ASCII.GetBytes($"some text, then {Malware} and more");
        var slot = await host.SlotAsync(romeo, "bad.bin", content.Length);
        using var put = await host.PutAsync(slot, content);
        if (kind == StoreKind.Disk) Assert.Equal(HttpStatusCode.Forbidden, put.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync(slot.Get)).StatusCode);
        await Eventually.IsTrueAsync(async () => (await host.UsageAsync(romeo)) == (8, 8));
        await Eventually.IsTrueAsync(async () => (await host.BlobsAsync()).Count == 1);
    }

    [Fact]
    public async Task Without_a_verdict_nothing_is_published_and_it_can_be_tried_again()
    {
        await using var host = await UploadHost.StartAsync(StoreKind.Disk, ("Upload:Scanner:Clamd", "unix:" + Socket));
        _clamd!.Kill();
        await _clamd.WaitForExitAsync();
        var slot = await host.SlotAsync(host.NewUser(), "a.bin", 3);
        using var put = await host.PutAsync(slot, [1, 2, 3]);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, put.StatusCode);
        Assert.True(put.Headers.RetryAfter is not null);
        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync(slot.Get)).StatusCode);
        Assert.Empty(await host.BlobsAsync());
        File.Delete(Socket);
        await InitializeAsync();
        Assert.Equal(HttpStatusCode.Created, (await host.PutAsync(slot, [1, 2, 3])).StatusCode);
    }
}
