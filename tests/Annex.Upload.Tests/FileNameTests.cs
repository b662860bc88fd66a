using System.Text;
using Annex.Upload.Slots;
using Xunit;

namespace Annex.Upload.Tests;

public class FileNameTests
{
    [Theory] // U7
    [InlineData("très cool.jpg", "très cool.jpg")]
    [InlineData("../../x", "x")]
    [InlineData("..%2f..%2fx.jpg", ".._2f.._2fx.jpg")]
    [InlineData("a/b.png", "b.png")]
    [InlineData("C:\\temp\\b.png", "b.png")]
    [InlineData("..", "file")]
    [InlineData("....", "file")]
    [InlineData("/", "file")]
    [InlineData("   ", "file")]
    [InlineData("x.jpg\r\nSet-Cookie: a=b", "x.jpg__Set-Cookie: a=b")]
    [InlineData("photo\u202Egpj.exe", "photo_gpj.exe")]
    [InlineData("a\u0000b.txt", "a_b.txt")]
    [InlineData("tab\there.txt", "tab_here.txt")]
    [InlineData("line\u2028break.txt", "line_break.txt")]
    [InlineData("family👨‍👩‍👧.png", "family👨‍👩‍👧.png")]
    [InlineData(".htaccess", ".htaccess")]
    public void A_name_keeps_what_is_harmless_and_loses_the_rest(string wished, string expected) =>
        Assert.Equal(expected, FileName.Sanitize(wished, 180));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void No_name_stays_no_name(string? wished) => Assert.Null(FileName.Sanitize(wished, 180));

    [Fact]
    public void A_lone_surrogate_does_not_survive() => Assert.Equal("a_b", FileName.Sanitize("a\ud800b", 180));

    [Theory]
    [InlineData('x')]
    [InlineData('ü')]
    [InlineData('字')]
    public void A_long_name_is_cut_at_a_character_and_keeps_its_ending(char letter)
    {
        var name = FileName.Sanitize(new string(letter, 300) + ".tar.gz", 180)!;
        Assert.True(Encoding.UTF8.GetByteCount(name) is > 170 and <= 180);
        Assert.EndsWith($"{letter}.gz", name, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ending_that_is_no_ending_is_cut_with_the_rest()
    {
        var name = FileName.Sanitize("a." + new string('b', 300), 100)!;
        Assert.Equal(100, name.Length);
    }
}
