using Annex.Upload.Handlers;
using Annex.Upload.Http;
using Annex.Upload.Slots;
using Xunit;

namespace Annex.Upload.Tests;

public class SlotUrlTests
{
    private readonly SlotUrls _urls = new(new Uri("https://upload.annex.test/share/"));

    [Fact] // U2
    public void A_URL_is_percent_encoded_and_https() =>
        Assert.Equal("https://upload.annex.test/share/t1/tr%C3%A8s%20cool.jpg", _urls.Get("t1/très cool.jpg").AbsoluteUri);

    [Theory]
    [InlineData("a&b?c#d;e=f.jpg")]
    [InlineData("100+1 'quoted' \"x\" <y>.png")]
    [InlineData("字.jpg")]
    public void A_path_survives_the_way_into_a_URL_and_back(string name)
    {
        var url = _urls.Get($"t1/{name}").AbsoluteUri;
        Assert.True(url.All(c => char.IsAsciiLetterOrDigit(c) || "-._~:/%".Contains(c)), url);
        Assert.True(_urls.TryGetPath(url, out var path));
        Assert.Equal($"t1/{name}", path);
    }

    [Theory]
    [InlineData("https://upload.annex.test/other/t1/x")]
    [InlineData("http://upload.annex.test/share/t1/x")]
    [InlineData("https://evil.test/share/t1/x")]
    [InlineData("https://upload.annex.test:444/share/t1/x")]
    [InlineData("https://upload.annex.test/share/../t1/x")]
    [InlineData("https://upload.annex.test/share/t1")]
    [InlineData("aesgcm://upload.annex.test/share/t1/x")]
    [InlineData("nonsense")]
    [InlineData("")]
    public void A_URL_that_is_not_ours_has_no_path(string url) => Assert.False(_urls.TryGetPath(url, out _));

    [Fact]
    public void The_prefix_may_be_taken_away_by_the_proxy_or_not()
    {
        Assert.Equal("t1/x", _urls.Local("/share/t1/x"));
        Assert.Equal("t1/x", _urls.Local("/t1/x"));
    }

    [Fact] // U17
    public void A_path_has_128_random_bits_at_least()
    {
        var tickets = Enumerable.Range(0, 1000).Select(_ => SlotPath.CreateTicket()).ToHashSet();
        Assert.Equal(1000, tickets.Count);
        Assert.All(tickets, ticket => Assert.True(ticket.Length * 6 >= 128));
    }

    [Theory]
    [InlineData("t/x", true)]
    [InlineData("a/b/c", true)]
    [InlineData("", false)]
    [InlineData("x", false)]
    [InlineData("/t/x", false)]
    [InlineData("t/x/", false)]
    [InlineData("t//x", false)]
    [InlineData("t/../x", false)]
    [InlineData("t/.", false)]
    [InlineData("t/a\0b", false)]
    public void Only_a_plausible_path_is_looked_up(string path, bool isPlausible) =>
        Assert.Equal(isPlausible, SlotPath.IsPlausible(path));

    [Fact]
    public void A_very_long_path_is_not_looked_up() => Assert.False(SlotPath.IsPlausible("t/" + new string('x', 2000)));

    [Theory]
    [InlineData("très cool.jpg", true, "inline; filename=\"tr_s cool.jpg\"; filename*=UTF-8''tr%C3%A8s%20cool.jpg")]
    [InlineData("a\"b\\c.html", false, "attachment; filename=\"a_b_c.html\"; filename*=UTF-8''a%22b%5Cc.html")]
    public void A_disposition_carries_both_forms_of_the_name(string name, bool isInline, string expected) =>
        Assert.Equal(expected, ContentDisposition.Of(name, isInline));

    [Fact] // U3
    public void A_slot_is_written_as_the_specification_shows_it()
    {
        var url = new Uri("https://upload.annex.test/t1/a.jpg");
        Assert.Equal("<slot xmlns='urn:xmpp:http:upload:0'><put url='https://upload.annex.test/t1/a.jpg'>" +
            "<header name='Authorization'>Bearer abc</header></put><get url='https://upload.annex.test/t1/a.jpg'/></slot>",
            SlotHandler.Write(new Slot(url, url, "Bearer abc"), UploadNamespaces.Upload).ToString());
    }

    [Fact]
    public void A_slot_of_version_0_2_has_its_URLs_as_text()
    {
        var url = new Uri("https://upload.annex.test/t1/a.jpg");
        Assert.Equal("<slot xmlns='urn:xmpp:http:upload'><put>https://upload.annex.test/t1/a.jpg</put>" +
            "<get>https://upload.annex.test/t1/a.jpg</get></slot>",
            SlotHandler.Write(new Slot(url, url, null), UploadNamespaces.Legacy).ToString());
    }

    [Fact]
    public void A_token_in_the_path_is_found_and_taken_out()
    {
        var token = new string('x', UploadToken.Length);
        var path = _urls.Local(_urls.Put("t1/a b.jpg", token).LocalPath);
        Assert.Equal(token, SlotUrls.TakeToken(ref path));
        Assert.Equal("t1/a b.jpg", path);
        foreach (var other in new[] { "t1/a.jpg", "t/short/a.jpg", "t/", "t/" + token })
        {
            var same = other;
            Assert.Null(SlotUrls.TakeToken(ref same));
            Assert.Equal(other, same);
        }
    }
}
