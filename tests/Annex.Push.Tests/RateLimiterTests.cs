using Annex.Testing;
using Xunit;

namespace Annex.Push.Tests;

public sealed class RateLimiterTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_key_has_its_number_and_gets_them_back_evenly()
    {
        var limiter = new RateLimiter(3, TimeSpan.FromMinutes(1), _time);
        for (var i = 0; i < 3; i++) Assert.True(limiter.TryTake("a"));
        Assert.False(limiter.TryTake("a"));
        Assert.True(limiter.TryTake("b"));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(limiter.TryTake("a"));
        Assert.False(limiter.TryTake("a"));
    }

    [Fact]
    public void Zero_is_no_limit()
    {
        var limiter = new RateLimiter(0, TimeSpan.FromMinutes(1), _time);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(limiter.TryTake("a")));
    }
}
