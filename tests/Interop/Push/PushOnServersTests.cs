using System.Globalization;
using System.Security.Cryptography;
using Annex.Hosting.Web;
using Annex.Scenarios.Push;
using Annex.Scenarios.Upload;
using Annex.Testing.Servers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Annex.Interop.Push;

/// <summary>A real user of a real server, away, gets a push by every network, through the server's own push
/// module.</summary>
public sealed class PushOnServersTests
{
    private const string Fcm = "/v1/projects/capulet/messages:send";

    private static readonly XmppServerOptions Options = new()
    {
        Users = new Dictionary<string, string> { ["ann"] = "anns-password", ["bea"] = "beas-password" },
        SnippetSecret = Suite.Secret,
    };

    [Fact]
    public async Task A_message_to_a_user_who_is_away_reaches_every_network_from_Prosody()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        await DriveAsync(server.ClientPort, server.ComponentPort);
    }

    [Fact]
    public async Task A_message_to_a_user_who_is_away_reaches_every_network_from_ejabberd()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await DriveAsync(server.ClientPort, server.ComponentPort);
    }

    private static async Task DriveAsync(int clientPort, int componentPort)
    {
        await using var peer = await PushPeer.StartAsync();
        var files = Directory.CreateTempSubdirectory("annex-push-");
        var changes = new Dictionary<string, string?>
        {
            ["Push:AllowLoopbackEndpoints"] = "true",
            ["Push:Delivery:MinInterval"] = "100ms",
            ["Push:Delivery:FirstRetry"] = "200ms",
            // Under load a provider's word may take long; both servers wait for 32 s and more.
            ["Push:Delivery:AnswerWithin"] = "20s",
        };
        NetworkSettings.Add(changes, peer, files);
        await using var suite = await Suite.StartAsync("annex.test", componentPort, ["Push"], changes);
        await suite.WaitUntilConnectedAsync("Push");

        var browser = new TestSubscription(peer);
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var apns = $"/3/device/{token}";
        await RunAsync(clientPort, "register", "ann@annex.test", "anns-password",
            suite.AddressOf("Push", ListenerKind.Http).AbsoluteUri,
            browser.Endpoint, browser.P256dh, browser.Auth, new Uri(peer.Http1, "/up").AbsoluteUri, token, "fcm-token");

        await SayAsync(clientPort, "one");
        string[] all = [browser.Path, "/up", apns, Fcm];
        foreach (var path in all) await UntilHighAsync(peer, path);

        // Our own key at fault costs nobody a registration: what waited goes out when it is mended, and the server goes
        // on publishing for that device.
        peer.Always(apns, 403, """{"reason":"InvalidProviderToken"}""");
        await SayAsync(clientPort, "two");
        await peer.NextAsync(apns);
        peer.Always(apns, 200);
        await UntilHighAsync(peer, apns);
        foreach (var path in all)
        {
            while (peer.Count(path) > 0) await peer.NextAsync(path);
        }
        await SayAsync(clientPort, "three");
        foreach (var path in all) await UntilHighAsync(peer, path);

        // A device that is gone costs its own registration alone, here; ejabberd forgets all that the same session enabled,
        // which is one device's in real life.
        peer.Always(browser.Path, 410);
        await SayAsync(clientPort, "four");
        var database = suite.Services.GetRequiredKeyedService<NpgsqlDataSource>("Push");
        await Eventually.IsTrueAsync(async () => await CountAsync(database, "webpush") == 0);
        Assert.Equal(1, await CountAsync(database, "apns"));
        files.Delete(recursive: true);
    }

    private static async Task SayAsync(int port, string body) =>
        await RunAsync(port, "send", "bea@annex.test", "beas-password", "ann@annex.test", body);

    /// <summary>Both servers push once more, without content, when a session ends: that one does not ring.</summary>
    private static async Task UntilHighAsync(PushPeer peer, string path)
    {
        while (await peer.NextAsync(path) is var push)
        {
            var rings = push["Urgency"] == "high" || push["apns-priority"] == "10"
                || push.Text.Contains("\"priority\":\"high\"", StringComparison.Ordinal);
            if (rings) return;
        }
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string provider)
    {
        await using var command =
            database.CreateCommand("select count(*) from push.registrations where provider = $1 and gone_at is null");
        command.Parameters.AddWithValue(provider);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task RunAsync(int port, params string[] arguments)
    {
        var (exitCode, output) = await PythonProgram.RunAsync("tests/Interop/Push/python/push_client.py",
            ["127.0.0.1", port.ToString(CultureInfo.InvariantCulture), .. arguments], TimeSpan.FromMinutes(3));
        Assert.True(exitCode == 0, output);
    }
}
