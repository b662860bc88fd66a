using Annex.Muc.Handlers;
using Xunit;

namespace Annex.Muc.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("30m", 30)]
    [InlineData(" 12H ", 12 * 60)]
    [InlineData("7 d", 7 * 24 * 60)]
    [InlineData("4w", 28 * 24 * 60)]
    public void A_duration_is_a_number_and_a_unit(string text, int minutes)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMinutes(minutes), duration);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Nothing_is_without_end(string? text)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Null(duration);
    }

    [Theory]
    [InlineData("12")]
    [InlineData("h")]
    [InlineData("0d")]
    [InlineData("-3d")]
    [InlineData("1.5h")]
    [InlineData("99999w")]
    [InlineData("99999999999999d")]
    [InlineData("forever")]
    public void Everything_else_is_refused(string text) => Assert.False(Durations.TryParse(text, out _));
}
