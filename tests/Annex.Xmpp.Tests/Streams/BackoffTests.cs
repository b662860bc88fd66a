using Annex.Xmpp.Streams;
using Xunit;

namespace Annex.Xmpp.Tests.Streams;

public sealed class BackoffTests
{
    [Fact]
    public void A_lost_link_is_tried_again_at_once_and_never_less_often_than_every_two_seconds()
    {
        var backoff = new Backoff();
        var first = backoff.Next(new LinkEnd(LinkFault.Lost) { WasUp = true }, TimeSpan.FromHours(1));
        Assert.InRange(first, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        for (var i = 0; i < 1_000; i++)
        {
            var next = backoff.Next(new LinkEnd(LinkFault.Unreachable), TimeSpan.Zero);
            Assert.InRange(next, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));
        }
    }

    [Theory]
    [InlineData(LinkFault.WrongSecret)]
    [InlineData(LinkFault.UnknownHost)]
    [InlineData(LinkFault.NotAComponentPort)]
    public void What_somebody_has_to_correct_is_tried_slowly(object fault)
    {
        var backoff = new Backoff();
        Assert.InRange(backoff.Next(new LinkEnd((LinkFault)fault), default), TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5));
        for (var i = 0; i < 10; i++)
            backoff.Next(new LinkEnd((LinkFault)fault), default);
        Assert.InRange(backoff.Next(new LinkEnd((LinkFault)fault), default), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_server_that_takes_us_in_and_throws_us_out_is_tried_ever_more_slowly()
    {
        var backoff = new Backoff();
        var delay = TimeSpan.Zero;
        for (var i = 0; i < 20; i++)
            delay = backoff.Next(new LinkEnd(LinkFault.Lost) { WasUp = true }, TimeSpan.FromSeconds(1));
        Assert.InRange(delay, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
        Assert.InRange(backoff.Next(new LinkEnd(LinkFault.Lost) { WasUp = true }, TimeSpan.FromMinutes(1)),
            TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
    }
}
