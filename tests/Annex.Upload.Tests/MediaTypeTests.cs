using Annex.Upload.Slots;
using Xunit;

namespace Annex.Upload.Tests;

public class MediaTypeTests
{
    [Theory]
    [InlineData("image/jpeg", "image/jpeg")]
    [InlineData("Image/JPEG", "image/jpeg")]
    [InlineData("text/plain; charset=utf-8", "text/plain")]
    [InlineData("text/plain ;charset=\"a;b\\\"c\"", "text/plain")]
    [InlineData("video/mp4; codecs=\"avc1.64001f, mp4a\";", "video/mp4")]
    [InlineData("image/svg+xml;x=1", "image/svg+xml")]
    public void A_media_type_has_an_essence(string text, string essence)
    {
        Assert.True(MediaType.TryParse(text, out var type));
        Assert.Equal(essence, type.Essence);
    }

    [Theory] // what must never reach a header
    [InlineData(null)]
    [InlineData("")]
    [InlineData("jpeg")]
    [InlineData("/")]
    [InlineData("image/")]
    [InlineData("/png")]
    [InlineData("image/png x")]
    [InlineData("image/png\r\nX: y")]
    [InlineData("image/png\r\n X: y")]
    [InlineData("image/png; a")]
    [InlineData("image/png; a=")]
    [InlineData("image/png; a=\"b")]
    [InlineData("image/png; a=\"b\r\n\"")]
    [InlineData("imäge/png")]
    [InlineData("image/png\0")]
    public void Anything_else_is_none(string? text) => Assert.False(MediaType.TryParse(text, out _));

    [Fact]
    public void A_type_of_unreasonable_length_is_none() =>
        Assert.False(MediaType.TryParse("image/" + new string('x', 300), out _));

    [Theory] // U14
    [InlineData("image/png", true)]
    [InlineData("IMAGE/PNG; a=b", true)]
    [InlineData("video/mp4", true)]
    [InlineData("audio/ogg; codecs=opus", true)]
    [InlineData("image/svg+xml", false)]
    [InlineData("image/svg+xml;x=y", false)]
    [InlineData("text/html", false)]
    [InlineData("text/plain", false)]
    [InlineData("application/pdf", false)]
    [InlineData("application/xhtml+xml", false)]
    [InlineData("text/xml", false)]
    [InlineData("application/octet-stream", false)]
    public void Only_raster_images_audio_and_video_are_shown_in_place(string text, bool isInline)
    {
        Assert.True(MediaType.TryParse(text, out var type));
        Assert.Equal(isInline, type.IsInline);
    }
}
