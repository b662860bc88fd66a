using Annex.Push.Delivery;
using Annex.Push.Providers;
using Xunit;

namespace Annex.Push.Tests.Delivery;

public sealed class RetryPolicyTests
{
    private static readonly PushOutcome Busy = PushOutcome.Retry("503");

    private readonly RetryPolicy _policy = new(TimeSpan.FromSeconds(4), TimeSpan.FromMinutes(1));

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 8)]
    [InlineData(4, 32)]
    [InlineData(5, 60)]
    [InlineData(1_000_000, 60)]
    public void The_pause_doubles_up_to_the_longest(int attempts, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), _policy.PauseAfter(attempts, Busy, 0.5));

    [Fact]
    public void Jitter_spreads_it_by_a_quarter_to_either_side()
    {
        Assert.Equal(TimeSpan.FromSeconds(3), _policy.PauseAfter(1, Busy, 0));
        Assert.Equal(TimeSpan.FromSeconds(5), _policy.PauseAfter(1, Busy, 1));
    }

    [Fact]
    public void A_longer_Retry_After_wins()
    {
        var outcome = PushOutcome.Retry("429", TimeSpan.FromMinutes(10));
        Assert.Equal(TimeSpan.FromMinutes(10), _policy.PauseAfter(1, outcome, 0.5));
    }
}
