using Annex.Testing.Servers;
using Xunit;
using Xunit.Abstractions;

namespace Annex.Interop.Muc;

/// <summary>Rooms whose process, or whose database, is killed under load: nothing that anybody saw is missing from the archive,
/// and nobody notices that he was away.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    /// <summary>Kills of one run; CRASH_ROUNDS makes it longer.</summary>
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("CRASH_ROUNDS"), out var n) ? n : 3;

    [Fact]
    public async Task After_kill_9_of_muc_under_load_everybody_is_still_in_the_room_and_the_archive_has_what_was_seen()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var server = new ComponentServer();
        await using var world = new CrashWorld(server, users: 8);
        var process = ServiceProcess.StartMuc(database, server.Port);
        try
        {
            await world.JoinAsync();
            Assert.True(await world.ReachesAllAsync());
            var presences = world.PresencesSeen;
            for (var round = 0; round < Rounds; round++)
            {
                using var enough = new CancellationTokenSource();
                var talking = world.TalkAsync(enough.Token);
                await Task.Delay(Random.Shared.Next(100, 600));
                process.Kill();
                process.Dispose();
                process = ServiceProcess.StartMuc(database, server.Port);
                await Task.Delay(Random.Shared.Next(0, 400));
                await enough.CancelAsync();
                await talking;
                Assert.True(await world.ReachesAllAsync(), $"Round {round}: a message did not reach everybody without a new join.");
            }
            Assert.Equal(presences, world.PresencesSeen);
            Assert.Equal(0, world.LeavesSeen);
            await AssertArchivedAsync(world, database, isComplete: false);
        }
        finally
        {
            process.Dispose();
        }
    }

    [Fact]
    public async Task After_kill_9_of_the_database_under_load_the_archive_has_what_was_seen_and_nothing_else_was_reflected()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var server = new ComponentServer();
        await using var world = new CrashWorld(server, users: 8);
        using var process = ServiceProcess.StartMuc(database, server.Port);
        await world.JoinAsync();
        Assert.True(await world.ReachesAllAsync());
        for (var round = 0; round < Rounds; round++)
        {
            using var enough = new CancellationTokenSource();
            var talking = world.TalkAsync(enough.Token);
            await Task.Delay(Random.Shared.Next(100, 600));
            await postgres.KillAsync();
            await postgres.StartAgainAsync();
            await Task.Delay(Random.Shared.Next(0, 400));
            await enough.CancelAsync();
            await talking;
            Assert.True(await world.ReachesAllAsync(), $"Round {round}: a message did not reach everybody.");
        }
        Assert.Equal(0, world.LeavesSeen);
        Assert.DoesNotContain(world.Refused.Keys, c => c != "resource-constraint");
        await AssertArchivedAsync(world, database, isComplete: true);
    }

    private async Task AssertArchivedAsync(CrashWorld world, string database, bool isComplete)
    {
        await world.IsQuietAsync(TimeSpan.FromSeconds(30));
        var archive = await CrashWorld.ArchiveAsync(database);
        var places = new Dictionary<string, int>();
        for (var i = 0; i < archive.Count; i++)
            Assert.True(places.TryAdd(archive[i], i), "A message is in the archive twice.");
        foreach (var user in world.Users)
        {
            var seen = world.SeenBy(user);
            Assert.DoesNotContain(seen, id => !places.ContainsKey(id));
            var order = seen.Select(id => places[id]).ToList();
            Assert.Equal(order.Order(), order);
            // After a kill of muc the kernel may throw away what it had for the server: then only most of it is told again.
            if (isComplete)
                Assert.Equal(archive.Count, seen.Count);
        }
        output.WriteLine($"{Rounds} kills, {archive.Count} messages in the archive, seen by who saw least {world.Users.Min(u => world.SeenBy(u).Count)}, "
            + $"repeats {world.Repeats}, refused {world.RefusedCount}");
    }
}
