using System.Net.NetworkInformation;
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

    /// <summary>ejabberd would take both connections and give each a part of the stanzas.</summary>
    [Fact]
    public async Task On_ejabberd_one_process_after_another_takes_over_and_never_are_two_connected()
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
        using var watch = new CancellationTokenSource();
        var most = MostConnectedAsync(server.ComponentPort, watch.Token);
        var folder = Directory.CreateTempSubdirectory("annex-relay");
        try
        {
            using var first = Start();
            await first.ConnectedAsync();
            var talk = PythonProgram.RunAsync("tests/Interop/Muc/python/keep_talking.py",
                ["127.0.0.1", $"{server.ClientPort}", Component, server.Domain, folder.FullName], TimeSpan.FromMinutes(4));
            await UntilHeardAsync(folder, talk);

            using var second = Start();
            await second.StandbyAsync();
            await UntilHeardAsync(folder, talk);
            await first.StopAsync();
            await second.ConnectedAsync();
            await UntilHeardAsync(folder, talk);

            using var third = Start();
            await third.StandbyAsync();
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "killed"), "");
            second.Kill();
            await third.ConnectedAsync();
            await UntilHeardAsync(folder, talk);

            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "enough"), "");
            var (exitCode, output) = await talk;
            Assert.True(exitCode == 0 && output.Contains("all seen", StringComparison.Ordinal), output);
        }
        finally
        {
            await watch.CancelAsync();
            folder.Delete(recursive: true);
        }
        Assert.Equal(1, await most);
    }

    /// <summary>Both clients hear a message that was said from now on.</summary>
    private static async Task UntilHeardAsync(DirectoryInfo folder, Task<(int ExitCode, string Output)> talk)
    {
        var heard = Path.Combine(folder.FullName, "heard");
        // The one that is on its way now may be from before: the second one counts.
        for (var i = 0; i < 2; i++)
        {
            File.Delete(heard);
            while (!File.Exists(heard))
            {
                if (talk.IsCompleted) Assert.Fail((await talk).Output);
                await Task.Delay(10);
            }
        }
    }

    /// <summary>How many connections to a port there were at most at one time, until cancelled.</summary>
    private static Task<int> MostConnectedAsync(int port, CancellationToken cancellationToken) => Task.Run(() =>
    {
        var most = 0;
        var connections = IPGlobalProperties.GetIPGlobalProperties();
        while (!cancellationToken.IsCancellationRequested)
        {
            // The server's ends: one whose client is gone is not established any more.
            most = Math.Max(most, connections.GetActiveTcpConnections()
                .Count(c => c.LocalEndPoint.Port == port && c.State == TcpState.Established));
            cancellationToken.WaitHandle.WaitOne(5);
        }
        return most;
    }, CancellationToken.None);
}
