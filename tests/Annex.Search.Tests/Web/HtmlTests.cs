using Annex.Search.Web;
using Xunit;

namespace Annex.Search.Tests.Web;

public sealed class HtmlTests
{
    [Fact]
    public void Text_stays_text_and_markup_goes_in_as_it_is()
    {
        var evil = "<b>\"'&";
        Assert.Equal("<p title=\"&lt;b&gt;&quot;&#x27;&amp;\">&lt;b&gt;&quot;&#x27;&amp;</p>", Html.Of($"<p title=\"{evil}\">{evil}</p>").ToString());
        Assert.Equal("<i>x</i>", Html.Of($"<i>{Html.Of($"x")}</i>").ToString());
        Assert.Equal("", Html.If(false, $"{evil}").ToString());
        Assert.Equal("1,234", Html.Of($"{1234:N0}").ToString());
    }

    [Theory]
    [InlineData("a@b.example", "xmpp:a@b.example?join")]
    [InlineData("a?message;body=x&b@c.example", "xmpp:a%3Fmessage%3Bbody%3Dx%26b@c.example?join")]
    [InlineData("ü#/%@c.example", "xmpp:%C3%BC%23%2F%25@c.example?join")]
    public void A_link_to_join_holds_the_address_and_nothing_else(string jid, string link) => Assert.Equal(link, Links.Join(jid));

    [Theory]
    [InlineData("ü@b.example", "ü@b.example")]
    [InlineData("a@bücher.example", "a@bücher.example (xn--bcher-kva.example)")]
    [InlineData("a@раураl.example", "a@раураl.example (xn--l-7sba6dbr.example)")]
    [InlineData("a@ü..example", "a@ü..example")]
    public void A_host_that_may_look_like_another_is_named_in_ASCII_too(string jid, string shown) => Assert.Equal(shown, Links.Readable(jid));

    [Theory]
    [InlineData("https://search.example.org", "", "/room/a@b")]
    [InlineData("https://example.org/rooms/", "/rooms", "/rooms/room/a@b")]
    public void Pages_stand_under_the_public_URL(string url, string root, string room)
    {
        var links = new Links(new Uri(url));
        Assert.Equal((root, room), (links.Base, links.Room("a@b")));
    }

    [Fact]
    public void A_QR_code_is_square_with_its_three_eyes_and_not_made_of_what_does_not_fit()
    {
        for (var length = 1; length <= 213; length += 4)
        {
            var code = QrCode.Encode(new string('x', length))!;
            Assert.Equal(0, (code.Size - 17) % 4);
            foreach (var (x, y) in new[] { (0, 0), (code.Size - 7, 0), (0, code.Size - 7) })
            {
                Assert.True(code[x, y] && code[x + 6, y + 6] && code[x + 3, y + 3]);
                Assert.False(code[x + 1, y + 1] || code[x + 5, y + 5]);
            }
        }
        Assert.NotNull(QrCode.Encode(new string('x', 213)));
        Assert.Null(QrCode.Encode(new string('x', 214)));
    }
}
