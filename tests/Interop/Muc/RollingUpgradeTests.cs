using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>Two processes for one address: one owns the rooms, the other waits (as ejabberd would give both a connection).</summary>
public sealed class RollingUpgradeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_second_process_waits_and_takes_over_without_anybody_noticing(bool isGraceful)
    {
        await using var postgres = await PostgresServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var server = new ComponentServer();
        await using var world = new CrashWorld(server, users: 4);
        using var first = ServiceProcess.StartMuc(database, server.Port);
        await world.JoinAsync();
        Assert.True(await world.ReachesAllAsync());
        var presences = world.PresencesSeen;

        using var second = ServiceProcess.StartMuc(database, server.Port);
        await second.StandbyAsync();
        Assert.Equal(1, server.Handshakes);
        Assert.True(await world.ReachesAllAsync());

        if (isGraceful)
            await first.StopAsync();
        else
            first.Kill();
        Assert.True(await world.ReachesAllAsync(), "A message did not reach everybody after the take-over.");
        Assert.Equal(2, server.Handshakes);
        Assert.Equal(presences, world.PresencesSeen);
        Assert.Equal(0, world.LeavesSeen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task On_ejabberd_which_would_share_the_stanzas_out_only_the_owner_is_connected(bool isGraceful)
    {
        const string Component = "muc.annex.test";
        await using var server = await EjabberdServer.StartAsync(new()
        {
            Users = new Dictionary<string, string> { ["ann"] = "pw-ann", ["bea"] = "pw-bea" },
            Components = new Dictionary<string, string> { [Component] = ComponentServer.Secret },
        });
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        ServiceProcess Start() =>
            ServiceProcess.Start("Muc", Component, database, server.ComponentPort, ("LocalDomains__0", server.Domain));
        using var first = Start();
        await first.ConnectedAsync();
        var folder = Directory.CreateTempSubdirectory("annex-relay");
        try
        {
            var talk = PythonProgram.RunAsync("tests/Interop/Muc/python/keep_talking.py",
                ["127.0.0.1", $"{server.ClientPort}", Component, server.Domain, folder.FullName], TimeSpan.FromMinutes(4));
            while (!File.Exists(Path.Combine(folder.FullName, "talking")) && !talk.IsCompleted)
                await Task.Delay(20);

            using var second = Start();
            await second.StandbyAsync();
            if (isGraceful)
                await first.StopAsync();
            else
                first.Kill();
            await second.ConnectedAsync();
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "enough"), "");

            var (exitCode, output) = await talk;
            Assert.True(exitCode == 0, output);
            Assert.Contains("all seen", output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
