using Annex.Hosting.Configuration;
using Xunit;

namespace Annex.Hosting.Tests.Configuration;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:5401", "127.0.0.1:5401")]
    [InlineData("localhost:1", "127.0.0.1:1")]
    [InlineData("*:80", "[::]:80")]
    [InlineData("80", "[::]:80")]
    [InlineData("[::1]:0", "[::1]:0")]
    public void An_address_has_these_forms(string text, string expected)
    {
        Assert.True(ListenAddress.TryParse(text, out var address));
        Assert.Equal(expected, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    [InlineData("example.org:80")]
    [InlineData("::1:80")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:")]
    public void Anything_else_is_none(string text) => Assert.False(ListenAddress.TryParse(text, out _));
}
