using Xunit;

namespace Annex.Rpc.Tests;

public sealed class TokenTests
{
    private const string Secret = "correct-horse-battery";

    [Theory]
    [InlineData("Bearer " + Secret, true)]
    [InlineData("bearer " + Secret, true)]
    [InlineData("Bearer " + Secret + "x", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Basic " + Secret, false)]
    [InlineData(Secret, false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_token_matches_itself_alone(string? header, bool isMatch) =>
        Assert.Equal(isMatch, RpcToken.Load(Secret, null)!.IsMatch(header));

    [Fact]
    public void A_token_does_not_print_itself() =>
        Assert.DoesNotContain("horse", RpcToken.Load(Secret, null)!.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("short")]
    [InlineData("a token with spaces in it")]
    [InlineData("ein-schlüssel-mit-umlaut")]
    public void A_token_that_cannot_serve_is_refused(string token) =>
        Assert.Throws<FormatException>(() => RpcToken.Load(token, null));

    [Fact]
    public void A_token_comes_from_one_place()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Secret + "\n");
            Assert.True(RpcToken.Load(null, file)!.IsMatch("Bearer " + Secret));
            Assert.Throws<FormatException>(() => RpcToken.Load(Secret, file));
            File.WriteAllText(file, "\n");
            Assert.Throws<FormatException>(() => RpcToken.Load(null, file));
        }
        finally
        {
            File.Delete(file);
        }
        Assert.Null(RpcToken.Load("", ""));
    }
}
