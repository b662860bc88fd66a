using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>The chat service is killed behind a real server while people are in a room: those who stayed notice nothing, who went
/// meanwhile is found, and whose join was lost is told so by his own ping.</summary>
public sealed class RestartTests
{
    private static readonly XmppServerOptions Options = new()
    {
        Users = new[] { "ann", "bea", "cid", "dan" }.ToDictionary(u => u, u => $"pw-{u}"),
        Components = new Dictionary<string, string> { [AttachedMuc.Component] = AttachedMuc.Secret },
    };

    [Fact]
    public async Task A_restart_is_invisible_on_Prosody_and_ghosts_leave_with_333()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        await LiveAsync(server.ClientPort, server.ComponentPort);
    }

    [Fact]
    public async Task A_restart_is_invisible_on_ejabberd_and_ghosts_leave_with_333()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await LiveAsync(server.ClientPort, server.ComponentPort);
    }

    private static async Task LiveAsync(int clientPort, int componentPort)
    {
        var postgres = await PostgresServer.SharedAsync();
        var environment = new Dictionary<string, string>
        {
            ["ANNEX_Database"] = await postgres.CreateDatabaseAsync(),
            ["ANNEX_LocalDomains"] = "annex.test",
            ["ANNEX_Muc__Component__Jid"] = AttachedMuc.Component,
            ["ANNEX_Muc__Component__Secret"] = AttachedMuc.Secret,
            ["ANNEX_Muc__Component__Port"] = componentPort.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["ANNEX_Muc__Lease__Duration"] = "3s",
            ["ANNEX_Muc__Lease__Renewal"] = "1s",
            ["ANNEX_Muc__Ops__Listen"] = "127.0.0.1:0",
            ["ANNEX_Muc__Rpc__Listen"] = "127.0.0.1:0",
        };
        var (exitCode, output) = await PythonProgram.RunAsync("tests/Interop/Muc/python/restart_client.py",
            ["127.0.0.1", $"{clientPort}", AttachedMuc.Component, "annex.test", Path.Combine(AppContext.BaseDirectory, "Annex.Muc.dll")],
            TimeSpan.FromMinutes(4), environment);
        Assert.True(exitCode == 0, output);
        Assert.Contains("all seen", output, StringComparison.Ordinal);
    }
}
