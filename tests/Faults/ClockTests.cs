using Annex.Interop.Muc;
using Annex.Testing.Servers;
using Xunit;
using Xunit.Abstractions;

namespace Annex.Faults;

/// <summary>The wall clock jumps, as after a wrong NTP answer or a machine that slept; the monotonic one, by Linux's promise, does
/// not. Debian's libfaketime tells the process another time.</summary>
public sealed class ClockTests(ITestOutputHelper output)
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

    [Fact]
    public async Task An_hour_forward_and_an_hour_back_lose_nothing_and_end_nothing()
    {
        Assert.True(File.Exists(Library), "Debian's faketime is not installed.");
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var clock = Path.GetTempFileName();
        Set(clock, "+0");
        await using var server = new ComponentServer();
        await using var world = new CrashWorld(server, users: 6);
        using var muc = ServiceProcess.StartMucBy(
            ["env", $"LD_PRELOAD={Library}", $"FAKETIME_TIMESTAMP_FILE={clock}", "FAKETIME_NO_CACHE=1", "DONT_FAKE_MONOTONIC=1"],
            database, server.Port);
        await world.JoinAsync();
        Assert.True(await world.ReachesAllAsync());
        foreach (var time in (string[])["+3600", "+0", "-3600", "+0"])
        {
            await RoomCount.DuringTalkAsync(world, async () =>
            {
                await Task.Delay(300);
                Set(clock, time);
                await Task.Delay(700);
            });
            Assert.False(muc.HasExited, $"With the clock at {time} s the process ended: {muc.Log}");
            Assert.True(await world.ReachesAllAsync(), $"With the clock at {time} s the room does not answer.");
        }
        await RoomCount.AssertNothingLostAsync(world, database, output);
        Assert.False(muc.HasExited, "The process ended.");
        Assert.Equal(1, server.Handshakes);
        // The library's time did reach the process: stamps of the archive are an hour apart.
        Assert.True(await SpreadAsync(database) > TimeSpan.FromMinutes(50), "The clock of the process did not jump.");
        File.Delete(clock);
    }

    /// <summary>In one step: the library reads the file at every look at the clock, also in the middle of its being written anew.</summary>
    private static void Set(string clock, string time)
    {
        File.WriteAllText(clock + ".next", time);
        File.Move(clock + ".next", clock, overwrite: true);
    }

    private static async Task<TimeSpan> SpreadAsync(string database)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("select max(at) - min(at) from muc.messages");
        return (TimeSpan)(await command.ExecuteScalarAsync())!;
    }
}
