using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Annex.Hosting.Web;
using Annex.Testing;
using Xunit;

namespace Annex.Interop.Operator;

/// <summary>The page that ./run prints, used as a newcomer would use it, in Chromium: two tabs, a picture, the directory, the status
/// page.</summary>
public sealed class NewcomerTests(RunningSuite running) : IClassFixture<RunningSuite>
{
    [Fact]
    public async Task A_newcomer_chats_in_two_tabs_shares_a_picture_finds_the_room_and_sees_the_status()
    {
        var root = RepositoryRoot.Path;
        var folder = Directory.CreateTempSubdirectory("annex-page-").FullName;
        var node = Path.Combine(root, "tests/Interop/Newcomer/node");
        try
        {
            await InstallAsync(node);
            // As deploy/run/page.sh lays it out; Converse.js from where the other tests have it.
            Directory.CreateSymbolicLink(Path.Combine(folder, "package"), Path.Combine(root, "tests/Interop/Upload/node/node_modules/converse.js"));
            await File.WriteAllTextAsync(Path.Combine(folder, "settings.json"), JsonSerializer.Serialize(new
            {
                domain = "annex.test",
                server = "prosody",
                websocket = $"ws://127.0.0.1:{running.Prosody.HttpPort}/xmpp-websocket",
                accounts = new { ann = "anns-password", bea = "beas-password" },
                room = "tea@muc.annex.test",
                directory = running.Suite.AddressOf("Search", ListenerKind.Http),
                status = running.Suite.AddressOf("Muc", ListenerKind.Ops),
            }));
            var made = await Ctl.RunAsync(Ctl.SettingsOf(running.Suite), ["rooms", "create", "tea@muc.annex.test", "--owner", "ann@annex.test",
                "--field", "roomname=Tea room", "--field", "persistentroom=1", "--field", "publicroom=1"]);
            Assert.True(made.ExitCode == 0, made.Errors);
            var port = DoctorTests.FreePort();
            using var page = Process.Start("node", [Path.Combine(root, "deploy/run/page/serve.mjs"), port, folder]);
            try
            {
                await UntilItAnswersAsync(int.Parse(port, CultureInfo.InvariantCulture));
                var output = await Programs.RunAsync("node", ["tour.mjs", $"http://127.0.0.1:{port}/",
                    Path.Combine(root, "artifacts/newcomer")], node);
                Assert.EndsWith("done\n", output, StringComparison.Ordinal);
                Assert.Contains("the status page shows 5 services", output, StringComparison.Ordinal);
            }
            finally
            {
                page.Kill();
                await page.WaitForExitAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task InstallAsync(string node)
    {
        if (!Directory.Exists(Path.Combine(node, "node_modules/playwright-core")))
            await Programs.RunAsync("npm", ["ci", "--ignore-scripts", "--no-progress"], node);
        var upload = Path.Combine(RepositoryRoot.Path, "tests/Interop/Upload/node");
        if (!Directory.Exists(Path.Combine(upload, "node_modules/playwright-core")))
            await Programs.RunAsync("npm", ["ci", "--ignore-scripts", "--no-progress"], upload);
    }

    private static async Task UntilItAnswersAsync(int port)
    {
        using var client = new HttpClient();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                await client.GetStringAsync($"http://127.0.0.1:{port}/settings.json", patience.Token);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, patience.Token);
            }
        }
    }
}
