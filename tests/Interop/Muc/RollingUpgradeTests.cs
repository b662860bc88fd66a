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
}
