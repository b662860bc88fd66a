using Annex.Push.Delivery;
using Annex.Push.Providers;
using Annex.Testing;
using Xunit;

namespace Annex.Push.Tests.Delivery;

public sealed class OutcomeWaitsTests : IDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(2);

    private readonly ManualTime _time = new();
    private readonly OutcomeWaits _waits;

    public OutcomeWaitsTests() => _waits = new OutcomeWaits(3, Within, _time);

    public void Dispose() => _waits.Dispose();

    [Fact]
    public async Task What_the_provider_says_is_told_to_whoever_waits_for_that_key()
    {
        var (one, other) = (_waits.TryBegin("one")!, _waits.TryBegin("other")!);
        _waits.Tell("one", PushOutcome.Gone("410"));
        Assert.Equal(PushVerdict.Gone, (await one.Outcome)!.Value.Verdict);
        Assert.False(other.Outcome.IsCompleted);
    }

    [Fact]
    public async Task Each_wait_ends_after_its_own_time()
    {
        var first = _waits.TryBegin("first")!;
        _time.Advance(Within / 2);
        var second = _waits.TryBegin("second")!;
        _time.Advance(Within / 2);
        Assert.Null(await first.Outcome);
        Assert.False(second.Outcome.IsCompleted);
        _time.Advance(Within / 2);
        Assert.Null(await second.Outcome);
        // And the next one, when none was left in between.
        var third = _waits.TryBegin("third")!;
        _time.Advance(Within);
        Assert.Null(await third.Outcome);
    }

    [Fact]
    public async Task A_wait_that_is_ended_makes_room_and_hears_nothing_any_more()
    {
        var wait = _waits.TryBegin("key")!;
        Assert.Null(_waits.TryBegin("key"));
        wait.Dispose();
        Assert.Null(await wait.Outcome);
        var next = _waits.TryBegin("key")!;
        wait.Dispose();
        _waits.Tell("key", PushOutcome.Delivered);
        Assert.Equal(PushVerdict.Delivered, (await next.Outcome)!.Value.Verdict);
    }

    [Fact]
    public void So_many_wait_and_no_more()
    {
        for (var i = 0; i < 3; i++) Assert.NotNull(_waits.TryBegin($"{i}"));
        Assert.Null(_waits.TryBegin("3"));
        _waits.Tell("1", PushOutcome.Delivered);
        Assert.NotNull(_waits.TryBegin("3"));
    }
}
