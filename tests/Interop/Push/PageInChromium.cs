using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Annex.Interop.Clients;
using Annex.Scenarios.Push;
using Annex.Testing;
using Xunit;

namespace Annex.Interop.Push;

/// <summary>The service's page in a real Chromium. Its push network alone is played: a browser cannot subscribe without its
/// vendor's.</summary>
internal sealed class PageInChromium : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private PageInChromium(Process process) => _process = process;

    /// <summary>What the page shows to register with: endpoint, p256dh, auth and key.</summary>
    public IReadOnlyDictionary<string, string> Values { get; private set; } = new Dictionary<string, string>();

    /// <summary>Opens the page and presses Subscribe; the screenshots go to artifacts/.</summary>
    public static async Task<PageInChromium> SubscribeAsync(Uri url, TestSubscription subscription)
    {
        await NodeModules.InstallAsync("tests/Interop/Upload/node", "playwright-core");
        var shots = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "artifacts")).FullName;
        var page = new PageInChromium(Process.Start(new ProcessStartInfo("node",
            ["page.mjs", url.AbsoluteUri, subscription.Endpoint, subscription.P256dh, subscription.Auth, shots])
        {
            WorkingDirectory = Path.Combine(RepositoryRoot.Path, "tests/Interop/Push/node"),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
        var values = await page.ReadUntilAsync("values ");
        page.Values = JsonSerializer.Deserialize<Dictionary<string, string>>(values)!;
        return page;
    }

    /// <summary>As the push network hands it to the browser, decrypted; waits until the page has shown it.</summary>
    public async Task ReceiveAsync(JsonElement push)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(push));
        await ReadUntilAsync("done");
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task<string> ReadUntilAsync(string start)
    {
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            _said.AppendLine(line);
            if (line.StartsWith(start, StringComparison.Ordinal)) return line[start.Length..];
        }
        Assert.Fail(_said.ToString());
        return "";
    }
}
