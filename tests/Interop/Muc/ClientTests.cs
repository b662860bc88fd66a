using Annex.Testing;
using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>What clients see of XEP-0045 through real servers: slixmpp, @xmpp/client and Converse.js create, configure, join, talk,
/// kick, ban, register a nick and destroy; three profanities speak in secret. The numbers in slixmpp's output are those of the
/// scenarios in tests/Scenarios/Muc.</summary>
public sealed class ClientTests
{
    private static readonly XmppServerOptions Options = new()
    {
        Users = new Dictionary<string, string> { ["ann"] = "pw-ann", ["bea"] = "pw-bea", ["cid"] = "pw-cid" },
        Components = new Dictionary<string, string> { [AttachedMuc.Component] = AttachedMuc.Secret },
    };

    [Fact]
    public async Task Slixmpp_lives_through_a_rooms_life_on_Prosody()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        await SlixmppLivesAsync(server.ClientPort, server.ComponentPort);
    }

    [Fact]
    public async Task Slixmpp_lives_through_a_rooms_life_on_ejabberd()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await SlixmppLivesAsync(server.ClientPort, server.ComponentPort);
    }

    [Fact]
    public async Task Xmpp_js_and_Converse_live_through_a_rooms_life_on_Prosody()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        await WebClientsLiveAsync($"ws://127.0.0.1:{server.HttpPort}/xmpp-websocket", server.ComponentPort, "prosody");
    }

    [Fact]
    public async Task Xmpp_js_and_Converse_live_through_a_rooms_life_on_ejabberd()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await WebClientsLiveAsync($"ws://127.0.0.1:{server.HttpPort}/ws", server.ComponentPort, "ejabberd");
    }

    [Fact]
    public async Task Three_profanities_speak_in_secret_in_a_private_group_on_Prosody()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        await ProfanitiesSpeakAsync(server.ClientPort, server.ComponentPort);
    }

    [Fact]
    public async Task Three_profanities_speak_in_secret_in_a_private_group_on_ejabberd()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await ProfanitiesSpeakAsync(server.ClientPort, server.ComponentPort);
    }

    private static async Task SlixmppLivesAsync(int clientPort, int componentPort)
    {
        await using var muc = await AttachedMuc.StartAsync(componentPort);
        foreach (var client in (string[])["muc_client", "archive_client", "desk_client"])
        {
            var (exitCode, output) = await PythonProgram.RunAsync($"tests/Interop/Muc/python/{client}.py",
                ["127.0.0.1", $"{clientPort}", AttachedMuc.Component, "annex.test"], TimeSpan.FromMinutes(4));
            Assert.True(exitCode == 0, output);
            Assert.Contains("all seen", output, StringComparison.Ordinal);
        }
    }

    private static async Task WebClientsLiveAsync(string websocket, int componentPort, string name)
    {
        await using var muc = await AttachedMuc.StartAsync(componentPort);
        var shots = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "artifacts")).FullName;
        foreach (var (script, more) in new[] { ("xmpp_client.mjs", []), ("converse.mjs", new[] { Path.Combine(shots, $"converse-muc-{name}") }) })
        {
            var output = await NodeProgram.RunAsync("tests/Interop/Muc/node", script,
                [websocket, "annex.test", AttachedMuc.Component, .. more]);
            Assert.Contains("done", output, StringComparison.Ordinal);
        }
    }

    private static async Task ProfanitiesSpeakAsync(int clientPort, int componentPort)
    {
        await using var muc = await AttachedMuc.StartAsync(componentPort);
        var (exitCode, output) = await PythonProgram.RunAsync("tests/Interop/Muc/python/omemo_client.py",
            ["127.0.0.1", $"{clientPort}", AttachedMuc.Component, "annex.test"], TimeSpan.FromMinutes(4));
        Assert.True(exitCode == 0, output);
        Assert.Contains("all in secret", output, StringComparison.Ordinal);
    }
}
