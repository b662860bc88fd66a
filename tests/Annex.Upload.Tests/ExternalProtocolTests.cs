using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Annex.Upload.Slots;
using Annex.Upload.Slots.External;
using Xunit;

namespace Annex.Upload.Tests;

public class ExternalProtocolTests
{
    private static readonly byte[] Secret = "it's a secret to everybody"u8.ToArray();
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly SignedQuery _query = new(Secret);
    private readonly ProsodyToken _prosody = new(Secret);

    [Fact]
    public void Version_1_covers_path_and_length()
    {
        var v = Sign("a1/x y.jpg 5");
        Assert.Equal(TokenVerdict.Valid, Verify(("v", v), "a1/x y.jpg", 5));
        Assert.Equal(TokenVerdict.Valid, Verify(("v", v.ToUpperInvariant()), "a1/x y.jpg", 5));
        Assert.Equal(TokenVerdict.Foreign, Verify(("v", v), "a1/x y.jpg", 6));
        Assert.Equal(TokenVerdict.Foreign, Verify(("v", v), "a2/x y.jpg", 5));
    }

    [Theory]
    [InlineData("v2")]
    [InlineData("token")]
    public void Version_2_covers_the_type_too(string name)
    {
        var mac = Sign("a1/x.jpg\05\0image/jpeg");
        Assert.Equal(TokenVerdict.Valid, Verify((name, mac), "a1/x.jpg", 5, "image/jpeg"));
        Assert.Equal(TokenVerdict.Foreign, Verify((name, mac), "a1/x.jpg", 5, "text/html"));
        Assert.Equal(TokenVerdict.Foreign, Verify((name, mac), "a1/x.jpg", 5, ""));
        Assert.Equal(TokenVerdict.Valid, Verify((name, Sign("a1/x.jpg\05\0application/octet-stream")), "a1/x.jpg", 5, ""));
    }

    [Fact] // U24
    public void Only_the_highest_version_that_is_present_is_judged()
    {
        var good = new Dictionary<string, string> { ["v"] = Sign("a/b 5"), ["v2"] = Sign("a/b\05\0text/plain") };
        var bad = new Dictionary<string, string> { ["v"] = Sign("a/b 5"), ["v2"] = Sign("something else") };
        Assert.Equal(TokenVerdict.Valid, _query.Verify(good.GetValueOrDefault, "a/b", 5, "text/plain"));
        Assert.Equal(TokenVerdict.Foreign, _query.Verify(bad.GetValueOrDefault, "a/b", 5, "text/plain"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("zz")]
    public void What_is_no_mac_is_foreign(string v) => Assert.Equal(TokenVerdict.Foreign, Verify(("v", v), "a/b", 5));

    [Fact]
    public void No_parameter_is_missing() => Assert.Equal(TokenVerdict.Missing, Verify(("w", "1"), "a/b", 5));

    [Fact]
    public void A_token_of_Prosody_carries_the_whole_slot()
    {
        var verdict = _prosody.Verify(Jwt(Claims()), "s1/très.jpg", Now, out var upload);
        Assert.Equal(TokenVerdict.Valid, verdict);
        Assert.Equal(("ann@annex.test", 5L, "image/jpeg", (DateTimeOffset?)Now.AddDays(7)),
            (upload!.Owner, upload.Size, upload.ContentType!.Text, upload.Expires));
    }

    [Fact]
    public void A_token_of_Prosody_is_good_for_its_path_and_time_only()
    {
        var token = Jwt(Claims());
        Assert.Equal(TokenVerdict.Foreign, _prosody.Verify(token, "s2/très.jpg", Now, out _));
        Assert.Equal(TokenVerdict.Foreign, _prosody.Verify(token, "s1/other.jpg", Now, out _));
        Assert.Equal(TokenVerdict.Expired, _prosody.Verify(token, "s1/très.jpg", Now.AddSeconds(301), out _));
        Assert.Equal(TokenVerdict.Foreign, new ProsodyToken("another secret"u8.ToArray()).Verify(token, "s1/très.jpg", Now, out _));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("RS256")]
    [InlineData("hs256")]
    public void The_token_does_not_choose_its_algorithm(string algorithm) =>
        Assert.Equal(TokenVerdict.Foreign, _prosody.Verify(Jwt(Claims(), algorithm), "s1/très.jpg", Now, out _));

    [Theory]
    [InlineData("filesize", 0)]
    [InlineData("filesize", -1)]
    [InlineData("filesize", 1.5)]
    [InlineData("filesize", "5")]
    [InlineData("exp", "later")]
    [InlineData("slot", 1)]
    public void A_claim_of_the_wrong_kind_is_refused(string name, object value)
    {
        var claims = Claims();
        claims[name] = value;
        Assert.Equal(TokenVerdict.Foreign, _prosody.Verify(Jwt(claims), "s1/très.jpg", Now, out _));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.")]
    [InlineData("e30.W10.AAAA")]
    public void What_is_no_token_is_foreign(string token) =>
        Assert.Equal(TokenVerdict.Foreign, _prosody.Verify(token, "s1/très.jpg", Now, out _));

    private TokenVerdict Verify((string Name, string Value) parameter, string path, long length, string? type = null) =>
        _query.Verify(name => name == parameter.Name ? parameter.Value : null, path, length, type);

    private static string Sign(string message) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes(message)));

    private static Dictionary<string, object> Claims() => new()
    {
        ["sub"] = "ann@annex.test",
        ["iat"] = Now.ToUnixTimeSeconds(),
        ["exp"] = Now.ToUnixTimeSeconds() + 300,
        ["slot"] = "s1",
        ["expires"] = Now.AddDays(7).ToUnixTimeSeconds(),
        ["filename"] = "très.jpg",
        ["filesize"] = 5,
        ["filetype"] = "image/jpeg",
    };

    private static string Jwt(Dictionary<string, object> claims, string algorithm = "HS256")
    {
        var head = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new { typ = "JWT", alg = algorithm }));
        var body = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims));
        var mac = HMACSHA256.HashData(Secret, Encoding.ASCII.GetBytes($"{head}.{body}"));
        return $"{head}.{body}.{Base64Url.EncodeToString(mac)}";
    }
}
