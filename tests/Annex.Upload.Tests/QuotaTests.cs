using Annex.Testing;
using Annex.Upload.Intake;
using Annex.Upload.Quotas;
using Annex.Upload.Slots;
using Annex.Xmpp.Stanzas;
using Xunit;

namespace Annex.Upload.Tests;

public class QuotaTests
{
    private readonly ManualTime _time = new();

    [Fact] // U18
    public void A_flood_is_stopped_at_the_burst_and_let_on_at_the_rate()
    {
        var limiter = new RateLimiter(capacity: 3, perSecond: 1, _time);
        for (var i = 0; i < 3; i++) Assert.True(limiter.TryTake("ann", 1, out _));
        Assert.False(limiter.TryTake("ann", 1, out var wait));
        Assert.Equal(TimeSpan.FromSeconds(1), wait);
        Assert.True(limiter.TryTake("bob", 1, out _));
        _time.Advance(wait);
        Assert.True(limiter.TryTake("ann", 1, out _));
        Assert.False(limiter.TryTake("ann", 1, out _));
    }

    [Fact]
    public void A_bucket_never_holds_more_than_its_capacity()
    {
        var limiter = new RateLimiter(capacity: 2, perSecond: 1, _time);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.True(limiter.TryTake("ann", 1, out _));
        Assert.True(limiter.TryTake("ann", 1, out _));
        Assert.False(limiter.TryTake("ann", 1, out _));
    }

    [Fact]
    public void What_costs_more_than_the_bucket_passes_when_the_bucket_is_full()
    {
        var limiter = new RateLimiter(capacity: 10, perSecond: 1, _time);
        Assert.True(limiter.TryTake("ann", 1000, out _));
        Assert.False(limiter.TryTake("ann", 1000, out var wait));
        Assert.Equal(TimeSpan.FromSeconds(10), wait);
    }

    [Fact]
    public void Memory_is_bounded_and_full_buckets_are_forgotten()
    {
        var limiter = new RateLimiter(capacity: 1, perSecond: 1, _time, maxKeys: 10);
        for (var i = 0; i < 50; i++) limiter.TryTake($"user{i}", 1, out _);
        Assert.Equal(10, limiter.Count);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(limiter.TryTake("late", 1, out _));
        Assert.Equal(1, limiter.Count);
    }

    [Fact]
    public void A_rate_of_zero_is_no_limit()
    {
        var limiter = new RateLimiter(capacity: 1, perSecond: 0, _time);
        for (var i = 0; i < 100; i++) Assert.True(limiter.TryTake("ann", 1, out _));
    }

    [Fact]
    public void Uploads_at_once_are_bounded_in_all_and_for_each_slot()
    {
        var active = new ActiveUploads(maxTotal: 3, maxPerSlot: 2);
        Assert.True(active.TryEnter("a", out var first, out _));
        Assert.True(active.TryEnter("a", out _, out _));
        Assert.False(active.TryEnter("a", out _, out var isSlotBusy));
        Assert.True(isSlotBusy);
        Assert.True(active.TryEnter("b", out _, out _));
        Assert.False(active.TryEnter("c", out _, out isSlotBusy));
        Assert.False(isSlotBusy);
        first.Dispose();
        first.Dispose();
        Assert.Equal(2, active.Count);
        Assert.Equal(["a", "b"], active.Paths.Order());
    }

    [Fact] // U5
    public void A_retry_stamp_is_utc_and_never_early()
    {
        var stamp = new DateTimeOffset(2026, 11, 21, 14, 0, 0, 1, TimeSpan.FromHours(2));
        var retry = UploadErrors.UserQuota.WithRetry(stamp).Application!;
        Assert.Equal("<retry xmlns='urn:xmpp:http:upload:0' stamp='2026-11-21T12:00:01Z'/>", retry.ToString());
        Assert.Equal((StanzaErrorType.Wait, "resource-constraint"), (UploadErrors.UserQuota.Type, UploadErrors.UserQuota.Condition));
    }

    [Fact] // U4
    public void Too_large_is_said_with_the_limit_in_the_namespace_that_was_asked_in()
    {
        var error = UploadErrors.FileTooLarge(20000, UploadNamespaces.Upload);
        Assert.Equal((StanzaErrorType.Modify, "not-acceptable"), (error.Type, error.Condition));
        Assert.Equal("<file-too-large xmlns='urn:xmpp:http:upload:0'><max-file-size>20000</max-file-size></file-too-large>",
            error.Application!.ToString());
    }
}
