using System.Security.Cryptography;
using Annex.Upload.Slots;
using Xunit;

namespace Annex.Upload.Tests;

public class UploadTokenTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly UploadToken _token = new(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public void A_token_is_good_for_its_path_until_it_expires()
    {
        var token = _token.Create("abc/a.jpg", Now.AddMinutes(5));
        Assert.Equal(TokenVerdict.Valid, _token.Verify(token, "abc/a.jpg", Now));
        Assert.Equal(TokenVerdict.Valid, _token.Verify(token, "abc/a.jpg", Now.AddMinutes(5)));
        Assert.Equal(TokenVerdict.Expired, _token.Verify(token, "abc/a.jpg", Now.AddMinutes(5).AddSeconds(1)));
    }

    [Fact] // U8
    public void A_token_of_another_slot_is_foreign()
    {
        var token = _token.Create("abc/a.jpg", Now.AddMinutes(5));
        Assert.Equal(TokenVerdict.Foreign, _token.Verify(token, "abd/a.jpg", Now));
        Assert.Equal(TokenVerdict.Foreign, _token.Verify(token, "abc/b.jpg", Now));
        Assert.Equal(TokenVerdict.Foreign, new UploadToken(RandomNumberGenerator.GetBytes(32)).Verify(token, "abc/a.jpg", Now));
    }

    [Fact] // U8
    public void A_token_that_was_altered_anywhere_is_foreign()
    {
        var token = _token.Create("abc/a.jpg", Now.AddMinutes(5));
        for (var i = 0; i < token.Length - 1; i++) // the last character has bits that mean nothing
        {
            var altered = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.Equal(TokenVerdict.Foreign, _token.Verify(altered, "abc/a.jpg", Now));
        }
    }

    [Theory]
    [InlineData(null, TokenVerdict.Missing)]
    [InlineData("", TokenVerdict.Missing)]
    [InlineData("x", TokenVerdict.Foreign)]
    [InlineData("a.b.c", TokenVerdict.Foreign)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", TokenVerdict.Foreign)]
    public void What_is_no_token_is_refused(string? text, TokenVerdict verdict) =>
        Assert.Equal(verdict, _token.Verify(text, "abc/a.jpg", Now));

    [Fact]
    public void A_token_fits_into_any_header() => Assert.InRange(_token.Create("abc/a.jpg", Now).Length, 1, 100);
}
