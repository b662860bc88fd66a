using Annex.Push.Handlers;
using Annex.Testing;
using Xunit;

namespace Annex.Push.Tests.Handlers;

public sealed class AnswerDeadlineTests
{
    private static readonly TimeSpan AtLatest = TimeSpan.FromSeconds(8);

    private readonly ManualTime _time = new();

    [Fact]
    public void Each_ends_before_its_deadline_and_not_long_before()
    {
        var deadline = new AnswerDeadline(AtLatest, _time);
        var first = deadline.Begin(CancellationToken.None);
        _time.Advance(AtLatest / 2);
        var second = deadline.Begin(CancellationToken.None);
        _time.Advance(AtLatest / 2);
        Assert.True(first.IsCancellationRequested);
        Assert.False(second.IsCancellationRequested);
        _time.Advance(AtLatest / 2);
        Assert.True(second.IsCancellationRequested);
    }

    [Fact]
    public void Those_that_begin_together_end_together()
    {
        var deadline = new AnswerDeadline(AtLatest, _time);
        var first = deadline.Begin(CancellationToken.None);
        _time.Advance(AtLatest / 32);
        Assert.Equal(first, deadline.Begin(CancellationToken.None));
    }

    [Fact]
    public void All_end_when_the_service_stops()
    {
        using var stopping = new CancellationTokenSource();
        var deadline = new AnswerDeadline(AtLatest, _time);
        var token = deadline.Begin(stopping.Token);
        stopping.Cancel();
        Assert.True(token.IsCancellationRequested);
        Assert.True(deadline.Begin(stopping.Token).IsCancellationRequested);
    }
}
