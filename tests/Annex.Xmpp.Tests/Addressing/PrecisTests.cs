using Annex.Xmpp.Addressing;
using Xunit;

namespace Annex.Xmpp.Tests.Addressing;

public sealed class PrecisTests
{
    // RFC 7622 §3.5 and RFC 8265 §3.6, tables of allowed and refused localparts.
    [Theory]
    [InlineData("juliet", "juliet")]
    [InlineData("Juliet", "juliet")]
    [InlineData("foo\\20bar", "foo\\20bar")]
    [InlineData("fussball", "fussball")]
    [InlineData("fu\u00DFball", "fu\u00DFball")]
    [InlineData("\u03C0", "\u03C0")]
    [InlineData("\u03A3", "\u03C3")]
    [InlineData("\u03C3", "\u03C3")]
    [InlineData("\u03C2", "\u03C2")]
    [InlineData("\uFF21\uFF22", "ab")]
    [InlineData("cafe\u0301", "caf\u00E9")]
    [InlineData("\u05E9\u05DC\u05D5\u05DD", "\u05E9\u05DC\u05D5\u05DD")]
    [InlineData("\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645")]
    [InlineData("\u0915\u094D\u200D\u0937", "\u0915\u094D\u200D\u0937")]
    [InlineData("l\u00B7l", "l\u00B7l")]
    public void A_localpart_is_enforced(string text, string expected)
    {
        Assert.True(Precis.TryEnforceLocalpart(text, out var enforced));
        Assert.Equal(expected, enforced);
        Assert.True(Precis.IsAllowedLocalpart(enforced));
        Assert.Equal(text == expected, Precis.IsAllowedLocalpart(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("foo bar")]
    [InlineData("\"juliet\"")]
    [InlineData("a@b")]
    [InlineData("a/b")]
    [InlineData("henry\u2163")]
    [InlineData("\u265A")]
    [InlineData("\U0001F600")]
    [InlineData("a\u200Bb")]
    [InlineData("a\u200Cb")]
    [InlineData("a\u00ADb")]
    [InlineData("a\u202Eb")]
    [InlineData("a\uE000b")]
    [InlineData("a\uFFFEb")]
    [InlineData("a\u0378b")]
    [InlineData("a\u1100b")]
    [InlineData("a\u0640b")]
    [InlineData("a\u00B7b")]
    [InlineData("\u05D0a")]
    [InlineData("a\u05D0")]
    [InlineData("1\u05D0")]
    [InlineData("\u0627\u0661\u06F1")]
    public void A_localpart_that_nobody_should_create_is_refused(string? text) => Assert.False(Precis.IsAllowedLocalpart(text));

    [Theory]
    [InlineData("foo bar", true)]
    [InlineData("\u265A", true)]
    [InlineData(" foo", true)]
    [InlineData("foo\u00A0bar", false)]
    [InlineData("a\u0007", false)]
    [InlineData("", false)]
    [InlineData("e\u0301", false)]
    public void A_resource_is_opaque_but_visible(string text, bool isAllowed) =>
        Assert.Equal(isAllowed, Precis.IsAllowedResource(text));

    // RFC 8266 §4.
    [Theory]
    [InlineData("Foo", "Foo", "foo")]
    [InlineData("foo", "foo", "foo")]
    [InlineData("Foo Bar", "Foo Bar", "foo bar")]
    [InlineData("  Foo   Bar ", "Foo Bar", "foo bar")]
    [InlineData("\u03A3", "\u03A3", "\u03C3")]
    [InlineData("\u03C3", "\u03C3", "\u03C3")]
    [InlineData("\u03C2", "\u03C2", "\u03C2")]
    [InlineData("\u265A", "\u265A", "\u265A")]
    [InlineData("Richard \u2163", "Richard IV", "richard iv")]
    [InlineData("a\u3000b", "a b", "a b")]
    public void A_nick_is_enforced_and_compared(string text, string enforced, string key)
    {
        Assert.True(Precis.TryEnforceNickname(text, out var result));
        Assert.Equal(enforced, result);
        Assert.Equal(key, Precis.NicknameKey(text));
        Assert.Equal(text == enforced, Precis.IsAllowedNickname(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\u3000")]
    [InlineData("\u200B")]
    [InlineData("a\u202Eb")]
    [InlineData("\u3164")]
    [InlineData("\u00AD")]
    [InlineData("\n")]
    public void A_nick_that_cannot_be_seen_is_refused(string text)
    {
        Assert.False(Precis.TryEnforceNickname(text, out _));
        Assert.Null(Precis.NicknameKey(text));
    }

    [Fact]
    public void Names_keep_to_the_limits_of_addresses()
    {
        Assert.True(Precis.IsAllowedLocalpart(new string('a', 1023)));
        Assert.False(Precis.IsAllowedLocalpart(new string('a', 1024)));
        Assert.False(Precis.IsAllowedNickname(new string('\u00E9', 512)));
        Assert.False(Precis.IsAllowedNickname(new string('a', 100_000)));
        Assert.False(Precis.IsAllowedNickname("\uD800"));
    }
}
