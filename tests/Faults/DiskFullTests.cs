using Annex.Interop.Muc;
using Annex.Testing.Servers;
using Npgsql;
using Xunit;
using Xunit.Abstractions;

namespace Annex.Faults;

/// <summary>The last byte of the database's disk is taken while people talk.</summary>
public sealed class DiskFullTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [RootFact]
    public async Task With_a_full_disk_messages_are_refused_and_when_there_is_room_again_nothing_is_missing()
    {
        using var disk = new SmallDisk(megabytes: 160);
        await using var postgres = await PostgresServer.StartInAsync(disk.Path);
        var database = await postgres.CreateDatabaseAsync();
        await using var server = new ComponentServer();
        await using var world = new CrashWorld(server, users: 6);
        using var muc = ServiceProcess.StartMuc(database, server.Port, ("Muc__StoreTimeout", "2s"));
        await world.JoinAsync();
        Assert.True(await world.ReachesAllAsync());
        await RoomCount.DuringTalkAsync(world, async () =>
        {
            disk.Fill();
            using var limit = new CancellationTokenSource(Patience);
            while (world.RefusedCount == 0)
                await Task.Delay(50, limit.Token);
            disk.MakeRoom();
            await BringBackAsync(postgres, database);
        });
        await RoomCount.AssertNothingLostAsync(world, database, output);
    }

    /// <summary>PostgreSQL ends by itself where it cannot write its log; whoever looks after it starts it again.</summary>
    private static async Task BringBackAsync(PostgresServer postgres, string database)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(database + ";Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(250);
            }
        }
        await postgres.KillAsync();
        await postgres.StartAgainAsync();
    }
}
