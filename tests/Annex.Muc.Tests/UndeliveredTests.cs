using Annex.Muc.Rooms;
using Annex.Testing;
using Xunit;

namespace Annex.Muc.Tests;

/// <summary>Since when somebody may have missed something, should the process end now.</summary>
public sealed class UndeliveredTests
{
    private readonly ManualTime _time = new();
    private long _sent;

    [Fact]
    public void It_reaches_back_to_the_oldest_message_that_the_server_was_not_given()
    {
        var undelivered = new Undelivered(() => _sent, _time);
        Assert.Null(undelivered.Since());
        var first = Add(undelivered);
        var second = Add(undelivered);
        undelivered.Queued(first, 100);
        undelivered.Queued(second, 200);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(undelivered.Since() <= first);
        _sent = 100;
        Assert.InRange(undelivered.Since()!.Value, first.AddMilliseconds(1), second);
        _sent = 200;
        Assert.Null(undelivered.Since());
    }

    [Fact]
    public void What_was_only_just_sent_may_still_be_lost_with_the_process()
    {
        var undelivered = new Undelivered(() => _sent, _time);
        undelivered.Queued(Add(undelivered), 100);
        _sent = 100;
        Assert.NotNull(undelivered.Since());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(undelivered.Since());
    }

    [Fact]
    public void A_refused_message_counts_no_more_and_the_order_of_rooms_does_not_matter()
    {
        var undelivered = new Undelivered(() => _sent, _time);
        var refused = Add(undelivered);
        var kept = Add(undelivered);
        undelivered.Queued(kept, 100);
        undelivered.Remove(refused);
        Assert.InRange(undelivered.Since()!.Value, refused.AddMilliseconds(1), kept);
    }

    private DateTimeOffset Add(Undelivered undelivered)
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        var at = _time.GetUtcNow();
        undelivered.Add(at);
        return at;
    }
}
