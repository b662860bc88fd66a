using Annex.Hosting.Storage;
using Xunit;

namespace Annex.Hosting.Tests.Storage;

public sealed class RoundTripsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Who_asks_while_a_trip_is_made_shares_the_next()
    {
        var (first, trips) = (new TaskCompletionSource(), new List<int[]>());
        var asks = new RoundTrips<int, int>(async (items, _) =>
        {
            lock (trips) trips.Add([.. items]);
            await first.Task;
            return [.. items.Select(i => i * 10)];
        }, most: 3, Long);
        var results = new List<Task<int>> { asks.TakeAsync(0, CancellationToken.None) };
        await UntilAsync(() => { lock (trips) return trips.Count == 1; });
        results.AddRange(Enumerable.Range(1, 5).Select(i => asks.TakeAsync(i, CancellationToken.None)));
        first.SetResult();
        var answers = await Task.WhenAll(results).WaitAsync(Long);
        Assert.Equal([0, 10, 20, 30, 40, 50], answers);
        Assert.Equal([[0], [1, 2, 3], [4, 5]], trips);
    }

    [Fact]
    public async Task A_trip_that_fails_fails_for_those_who_went_and_the_next_is_made()
    {
        var isBroken = true;
        var asks = new RoundTrips<int, int>((items, _) => isBroken ? throw new IOException("away") : Task.FromResult<IReadOnlyList<int>>([.. items]),
            most: 3, Long);
        await Assert.ThrowsAsync<IOException>(() => asks.TakeAsync(1, CancellationToken.None)).WaitAsync(Long);
        isBroken = false;
        Assert.Equal(2, await asks.TakeAsync(2, CancellationToken.None).WaitAsync(Long));
    }

    [Fact]
    public async Task A_trip_that_takes_too_long_ends_for_all_who_wait()
    {
        var began = 0;
        var asks = new RoundTrips<int, int>(async (items, token) =>
        {
            Interlocked.Increment(ref began);
            await Task.Delay(Timeout.Infinite, token);
            return [.. items];
        }, most: 1, TimeSpan.FromMilliseconds(300));
        var results = Enumerable.Range(0, 4).Select(i => asks.TakeAsync(i, CancellationToken.None)).ToList();
        foreach (var result in results)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => result).WaitAsync(Long);
        Assert.Equal(1, began);
    }

    [Fact]
    public async Task Who_has_given_up_does_not_go()
    {
        var (first, seen) = (new TaskCompletionSource(), new List<int>());
        var asks = new RoundTrips<int, int>(async (items, _) =>
        {
            lock (seen) seen.AddRange(items);
            await first.Task;
            return [.. items];
        }, most: 10, Long);
        var one = asks.TakeAsync(1, CancellationToken.None);
        await UntilAsync(() => { lock (seen) return seen.Count == 1; });
        using var enough = new CancellationTokenSource();
        var two = asks.TakeAsync(2, enough.Token);
        var three = asks.TakeAsync(3, CancellationToken.None);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        first.SetResult();
        await Task.WhenAll(one, three).WaitAsync(Long);
        Assert.Equal([1, 3], seen);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds()) await Task.Delay(5);
    }
}
