using Annex.Testing;
using Xunit;

namespace Annex.Search.Tests;

public sealed class RateLimiterTests
{
    [Fact]
    public void So_many_at_once_and_then_one_by_one()
    {
        var time = new ManualTime();
        var limiter = new RateLimiter(time, 5, TimeSpan.FromSeconds(10));
        for (var i = 0; i < 5; i++)
            Assert.True(limiter.TryTake("a", out _));
        Assert.False(limiter.TryTake("a", out var retryAfter));
        Assert.Equal(2, retryAfter.TotalSeconds, 3);
        Assert.True(limiter.TryTake("b", out _));
        time.Advance(TimeSpan.FromSeconds(2.1));
        Assert.True(limiter.TryTake("a", out _));
        Assert.False(limiter.TryTake("a", out _));
    }

    [Fact]
    public void Strangers_without_number_cost_a_bounded_memory_and_do_not_free_those_who_are_limited()
    {
        var time = new ManualTime();
        var limiter = new RateLimiter(time, 2, TimeSpan.FromSeconds(10));
        Assert.True(limiter.TryTake("known", out _) && limiter.TryTake("known", out _));
        for (var i = 0; i < RateLimiter.MaxKeys + 1000; i++)
            limiter.TryTake($"stranger {i}", out _);
        Assert.InRange(limiter.Count, 1, RateLimiter.MaxKeys + 1);
        Assert.False(limiter.TryTake("known", out _));
        // Those whose buckets are full again are forgotten.
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(limiter.TryTake("new", out _));
        Assert.InRange(limiter.Count, 1, 2);
    }
}
