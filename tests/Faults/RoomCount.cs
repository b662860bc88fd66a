using Annex.Interop.Muc;
using Xunit;
using Xunit.Abstractions;

namespace Annex.Faults;

/// <summary>What has to be zero after every fault: messages that somebody saw and the archive has not, messages twice in the archive or
/// in another order than they were seen, people who were seen to leave, a room that does not answer.</summary>
internal static class RoomCount
{
    public static async Task AssertNothingLostAsync(CrashWorld world, string database, ITestOutputHelper output)
    {
        Assert.True(await world.ReachesAllAsync(), "The room is stuck: a message did not reach everybody.");
        await world.IsQuietAsync(TimeSpan.FromSeconds(30));
        var archive = await CrashWorld.ArchiveAsync(database);
        var places = new Dictionary<string, int>();
        var (twice, lost, disordered) = (0, 0, 0);
        for (var i = 0; i < archive.Count; i++)
            twice += places.TryAdd(archive[i], i) ? 0 : 1;
        foreach (var user in world.Users)
        {
            var seen = world.SeenBy(user);
            lost += seen.Count(id => !places.ContainsKey(id));
            var order = seen.Where(places.ContainsKey).Select(id => places[id]).ToList();
            disordered += order.Zip(order.Skip(1)).Count(pair => pair.First > pair.Second);
        }
        output.WriteLine($"{archive.Count} messages kept, {world.RefusedCount} refused; seen and lost {lost}, kept twice {twice}, "
            + $"out of order {disordered}, seen to leave {world.LeavesSeen}");
        Assert.Equal((0, 0, 0, 0), (lost, twice, disordered, world.LeavesSeen));
        Assert.DoesNotContain(world.Refused.Keys, c => c != "resource-constraint");
    }

    /// <summary>Talks while something happens.</summary>
    public static async Task DuringTalkAsync(CrashWorld world, Func<Task> fault)
    {
        using var enough = new CancellationTokenSource();
        var talking = world.TalkAsync(enough.Token);
        await fault();
        await enough.CancelAsync();
        await talking;
    }
}
