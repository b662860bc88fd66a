using System.Text;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Extensions;

public sealed class DelayTests
{
    // XEP-0082 §3.2.
    [Theory]
    [InlineData("1969-07-21T02:56:15Z", "1969-07-21T02:56:15Z")]
    [InlineData("1969-07-20T21:56:15-05:00", "1969-07-21T02:56:15Z")]
    [InlineData("2002-09-10T23:08:25.5Z", "2002-09-10T23:08:25.500Z")]
    [InlineData("2002-09-10T23:08:25.123456789123Z", "2002-09-10T23:08:25.123Z")]
    [InlineData("2002-09-10T23:08:25.0004+14:00", "2002-09-10T09:08:25Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z")]
    public void A_time_is_read_with_any_offset_and_written_in_UTC(string text, string expected)
    {
        Assert.True(XmppDateTime.TryParse(text, out var time));
        Assert.Equal(TimeSpan.Zero, time.Offset);
        Assert.Equal(expected, XmppDateTime.Format(time));
        var utf8 = new byte[XmppDateTime.MaxLength];
        Assert.True(XmppDateTime.TryFormat(time, utf8, out var length));
        Assert.Equal(expected, Encoding.UTF8.GetString(utf8, 0, length));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1969-07-21")]
    [InlineData("1969-07-21T02:56:15")]
    [InlineData("19690721T02:56:15")]
    [InlineData("1969-07-21 02:56:15Z")]
    [InlineData("1969-07-21t02:56:15z")]
    [InlineData("1969-07-21T02:56:15Z ")]
    [InlineData(" 1969-07-21T02:56:15Z")]
    [InlineData("1969-7-21T02:56:15Z")]
    [InlineData("1969-07-21T24:00:00Z")]
    [InlineData("1969-07-21T02:56:60Z")]
    [InlineData("1969-02-30T02:56:15Z")]
    [InlineData("1969-07-21T02:56:15.Z")]
    [InlineData("1969-07-21T02:56:15.5")]
    [InlineData("1969-07-21T02:56:15,5Z")]
    [InlineData("1969-07-21T02:56:15+0500")]
    [InlineData("1969-07-21T02:56:15+15:00")]
    [InlineData("1969-07-21T02:56:15+05:60")]
    [InlineData("1969-07-21T02:56:15+ 5:00")]
    [InlineData("1969-07-21T02:56:15\u0660")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("-001-07-21T02:56:15Z")]
    public void What_is_no_time_is_refused(string? text) => Assert.False(XmppDateTime.TryParse(text, out _));

    [Fact]
    public void A_date_is_read_and_written()
    {
        Assert.True(XmppDateTime.TryParseDate("1776-07-04", out var date));
        Assert.Equal("1776-07-04", XmppDateTime.FormatDate(date));
        Assert.False(XmppDateTime.TryParseDate("1776-7-4", out _));
    }

    // XEP-0203 §4.
    [Fact]
    public void A_delay_is_written_and_read()
    {
        var delay = new DelayedDelivery(new DateTimeOffset(2002, 9, 10, 23, 8, 25, TimeSpan.Zero), Jid.Parse("capulet.com"),
            "Offline Storage");
        Assert.Equal(
            "<delay xmlns='urn:xmpp:delay' from='capulet.com' stamp='2002-09-10T23:08:25Z'>Offline Storage</delay>",
            delay.ToElement().ToString());
        Assert.Equal(delay, DelayedDelivery.Read(delay.ToElement()));
        Assert.Null(DelayedDelivery.Read(new Element("delay", DelayedDelivery.Namespace).With("stamp", "yesterday")));
        Assert.Null(DelayedDelivery.Read(new Element("delay", "urn:x").With("stamp", "2002-09-10T23:08:25Z")));
        Assert.Null(DelayedDelivery.Read(null));
    }
}
