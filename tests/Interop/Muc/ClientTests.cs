using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>What a client sees of XEP-0045 through real servers: slixmpp creates, configures, joins, talks, kicks, bans, registers
/// and destroys. The numbers in its output are those of the scenarios in tests/Scenarios/Muc.</summary>
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
        await LiveAsync(server.ClientPort, server.ComponentPort);
    }

    [Fact]
    public async Task Slixmpp_lives_through_a_rooms_life_on_ejabberd()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await LiveAsync(server.ClientPort, server.ComponentPort);
    }

    private static async Task LiveAsync(int clientPort, int componentPort)
    {
        await using var muc = await AttachedMuc.StartAsync(componentPort);
        var (exitCode, output) = await PythonProgram.RunAsync("tests/Interop/Muc/python/muc_client.py",
            ["127.0.0.1", $"{clientPort}", AttachedMuc.Component, "annex.test"], TimeSpan.FromMinutes(4));
        Assert.True(exitCode == 0, output);
        Assert.Contains("all seen", output, StringComparison.Ordinal);
    }
}
