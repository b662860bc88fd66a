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
        await DriveAsync(server.ClientPort, server.ComponentPort, errorsUntilForgotten: 16, withPage: true);
    }

    [Fact]
    public async Task A_message_to_a_user_who_is_away_reaches_every_network_from_ejabberd()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await DriveAsync(server.ClientPort, server.ComponentPort, errorsUntilForgotten: 1, withPage: false);
    }

    /// <param name="errorsUntilForgotten">Errors that are not "wait" after which this server forgets a device.</param>
    private static async Task DriveAsync(int clientPort, int componentPort, int errorsUntilForgotten, bool withPage)
    {
        await using var peer = await PushPeer.StartAsync();
        var files = Directory.CreateTempSubdirectory("annex-push-");
        var changes = new Dictionary<string, string?>
        {
            ["Push:AllowLoopbackEndpoints"] = "true",
            ["Push:Delivery:MinInterval"] = "100ms",
            ["Push:Delivery:FirstRetry"] = "200ms",
            ["Push:Delivery:LongestRetry"] = "1s",
            // Under load a provider's word may take long; both servers wait for 32 s and more.
            ["Push:Delivery:AnswerWithin"] = "20s",
            ["Push:Delivery:AnswerAtLatest"] = "25s",
        };
        NetworkSettings.Add(changes, peer, files);
        await using var suite = await Suite.StartAsync("annex.test", componentPort, ["Push"], changes);
        await suite.WaitUntilConnectedAsync("Push");

        var browser = new TestSubscription(peer);
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var apns = $"/3/device/{token}";
        using var page = withPage
            ? await PageInChromium.SubscribeAsync(suite.AddressOf("Push", ListenerKind.Http), browser) : null;
        string Shown(string name, string value) => page?.Values[name] ?? value;
        await RunAsync(clientPort, "register", "ann@annex.test", "anns-password",
            suite.AddressOf("Push", ListenerKind.Http).AbsoluteUri, Shown("endpoint", browser.Endpoint),
            Shown("p256dh", browser.P256dh), Shown("auth", browser.Auth), new Uri(peer.Http1, "/up").AbsoluteUri, token, "fcm-token");

        await SayAsync(clientPort, "one");
        string[] all = [browser.Path, "/up", apns, Fcm];
        foreach (var path in all)
        {
            var push = await UntilHighAsync(peer, path);
            if (path == browser.Path && page is not null) await page.ReceiveAsync(browser.Read(push));
        }

        // Our own keys at fault and a network that is away cost nobody a registration, however often the server is told so:
        // what waited goes out when it is mended, and the server goes on publishing for that device.
        peer.Always(apns, 403, """{"reason":"InvalidProviderToken"}""");
        peer.Always(Fcm, 401, """{"error":{"status":"UNAUTHENTICATED"}}""");
        peer.Always(browser.Path, 503);
        await RunAsync(clientPort, "send", "bea@annex.test", "beas-password", "ann@annex.test", "two",
            (errorsUntilForgotten + 2).ToString(CultureInfo.InvariantCulture));
        string[] faulty = [apns, Fcm, browser.Path];
        foreach (var path in faulty) await peer.NextAsync(path);
        peer.Always(apns, 200);
        peer.Always(Fcm, 200);
        peer.Always(browser.Path, 201);
        var database = suite.Services.GetRequiredKeyedService<NpgsqlDataSource>("Push");
        await Eventually.IsTrueAsync(async () => await CountAsync(database, "queue where is_pending") == 0);
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
        await Eventually.IsTrueAsync(async () =>
            await CountAsync(database, "registrations where provider = 'webpush' and gone_at is null") == 0);
        Assert.Equal(1, await CountAsync(database, "registrations where provider = 'apns' and gone_at is null"));
        files.Delete(recursive: true);
    }

    private static async Task SayAsync(int port, string body) =>
        await RunAsync(port, "send", "bea@annex.test", "beas-password", "ann@annex.test", body);

    /// <summary>Both servers push once more, without content, when a session ends: that one does not ring.</summary>
    private static async Task<ReceivedPush> UntilHighAsync(PushPeer peer, string path)
    {
        while (true)
        {
            var push = await peer.NextAsync(path);
            var rings = push["Urgency"] == "high" || push["apns-priority"] == "10"
                || push.Text.Contains("\"priority\":\"high\"", StringComparison.Ordinal);
            if (rings) return push;
        }
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string what)
    {
        await using var command = database.CreateCommand($"select count(*) from push.{what}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task RunAsync(int port, params string[] arguments)
    {
        var (exitCode, output) = await PythonProgram.RunAsync("tests/Interop/Push/python/push_client.py",
            ["127.0.0.1", port.ToString(CultureInfo.InvariantCulture), .. arguments], TimeSpan.FromMinutes(3));
        Assert.True(exitCode == 0, output);
    }
}
