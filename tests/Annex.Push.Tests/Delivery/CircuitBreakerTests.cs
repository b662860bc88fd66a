using Annex.Push.Delivery;
using Annex.Push.Providers;
using Annex.Testing;
using Xunit;

namespace Annex.Push.Tests.Delivery;

public sealed class CircuitBreakerTests
{
    private readonly ManualTime _time = new();
    private readonly CircuitBreaker _circuit;

    public CircuitBreakerTests() => _circuit =
        new CircuitBreaker(_time, 3, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));

    [Fact]
    public void A_row_of_failures_opens_it_and_one_push_tries_after_the_pause()
    {
        for (var i = 0; i < 3; i++) Fail();
        Assert.True(_circuit.IsOpen);
        Assert.False(_circuit.TryEnter());

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(_circuit.TryEnter());
        Assert.False(_circuit.TryEnter());
        _circuit.Report(PushOutcome.Delivered);
        Assert.True(_circuit.TryEnter());
        Assert.Null(_circuit.Problem);
    }

    [Fact]
    public void A_fault_of_ours_opens_it_at_once()
    {
        _circuit.Report(PushOutcome.OurFault("InvalidProviderToken"));
        Assert.True(_circuit.IsOpen);
        Assert.Equal("InvalidProviderToken", _circuit.Problem);
    }

    [Fact]
    public void The_pause_doubles_up_to_the_longest()
    {
        for (var i = 0; i < 3; i++) Fail();
        foreach (var pause in new[] { 5, 10, 15, 15 })
        {
            Assert.Equal(TimeSpan.FromSeconds(pause), _circuit.NextTry - _time.GetUtcNow());
            _time.Advance(TimeSpan.FromSeconds(pause));
            Assert.True(_circuit.TryEnter());
            Fail();
        }
    }

    [Fact]
    public void One_device_that_has_to_wait_or_is_gone_says_nothing_about_the_provider()
    {
        for (var i = 0; i < 10; i++)
        {
            _circuit.Report(PushOutcome.Retry("429", TimeSpan.FromMinutes(1)));
            _circuit.Report(PushOutcome.Gone("410"));
        }
        Assert.False(_circuit.IsOpen);
    }

    private void Fail() => _circuit.Report(PushOutcome.Retry("timeout"));
}
