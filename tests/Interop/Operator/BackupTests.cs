using System.Runtime.Versioning;
using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Operator;

/// <summary>What is copied comes back whole; what an older release wrote is read by this one.</summary>
[SupportedOSPlatform("linux")]
public sealed class BackupTests
{
    private const string Room = "kept@muc.annex.test";

    [Fact]
    public async Task A_copy_restores_rooms_files_bans_and_keys_on_another_machine()
    {
        await using var prosody = await ProsodyServer.StartAsync(new XmppServerOptions { SnippetSecret = Suite.Secret });
        var copy = Path.Combine(Directory.CreateTempSubdirectory("annex-copy-").FullName, "copy");
        var there = Directory.CreateTempSubdirectory("annex-there-").FullName;
        try
        {
            string token;
            await using (var suite = await Suite.StartAsync(prosody.Domain, prosody.ComponentPort, Services))
            {
                await suite.WaitUntilConnectedAsync(Services);
                var settings = Ctl.SettingsOf(suite);
                await MustAsync(settings, "rooms", "create", Room, "--owner", "ann@annex.test", "--field", "persistentroom=1", "--field", "roomname=Kept");
                await MustAsync(settings, "bans", "add", "spam.example.org", "--reason", "spam");
                token = await File.ReadAllTextAsync(settings["Push:EncryptionKeyFile"]!);
                // A file as the service keeps them, and a folder below.
                Directory.CreateDirectory(Path.Combine(settings["Upload:Directory"]!, "ab"));
                await File.WriteAllTextAsync(Path.Combine(settings["Upload:Directory"]!, "ab", "blob"), "the content");
                // While the services run.
                await MustAsync(settings, "backup", "create", copy);
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(copy));
                Assert.Equal(1, (await Ctl.RunAsync(settings, ["backup", "create", copy])).ExitCode); // not into a full folder
                var running = await Ctl.RunAsync(settings, ["backup", "restore", copy, "--yes"]);
                Assert.Equal(1, running.ExitCode);
                Assert.Contains("stop the services first", running.Errors, StringComparison.Ordinal);
            }

            var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
            var places = new Dictionary<string, string?>
            {
                ["Database"] = database,
                ["Upload:Directory"] = Path.Combine(there, "files"),
                ["Push:EncryptionKeyFile"] = Path.Combine(there, "keys", "push.keys"),
                ["Push:WebPush:KeyFiles"] = Path.Combine(there, "keys", "vapid.pem"),
            };
            var elsewhere = new Dictionary<string, string?>(places);
            foreach (var service in Services)
            {
                elsewhere[$"{service}:Component:Jid"] = $"{Suite.Subdomains[service]}.annex.test";
                elsewhere[$"{service}:Rpc:Listen"] = $"127.0.0.1:{DoctorTests.FreePort()}";
            }
            await MustAsync(elsewhere, "backup", "restore", copy, "--yes");
            Assert.Equal("the content", await File.ReadAllTextAsync(Path.Combine(there, "files", "ab", "blob")));
            Assert.Equal(token, await File.ReadAllTextAsync(places["Push:EncryptionKeyFile"]!));
            var again = await Ctl.RunAsync(elsewhere, ["backup", "restore", copy, "--yes"]);
            Assert.Equal(1, again.ExitCode);
            Assert.Contains("schemas", again.Errors, StringComparison.Ordinal);

            await using var restored = await Suite.StartAsync(prosody.Domain, prosody.ComponentPort, Services, places);
            await restored.WaitUntilConnectedAsync(Services);
            var now = Ctl.SettingsOf(restored);
            Assert.Contains("Kept", await MustAsync(now, "rooms", "show", Room), StringComparison.Ordinal);
            Assert.Contains("ann@annex.test", await MustAsync(now, "affiliations", "list", Room), StringComparison.Ordinal);
            Assert.Contains("spam.example.org", await MustAsync(now, "bans", "list"), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);
            Directory.Delete(there, recursive: true);
        }
    }

    private static readonly string[] Services = ["Muc", "Upload", "Push"];

    private static async Task<string> MustAsync(IReadOnlyDictionary<string, string?> settings, params string[] arguments)
    {
        var (exitCode, output, errors) = await Ctl.RunAsync(settings, arguments);
        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)}: {output}{errors}");
        return output;
    }
}
