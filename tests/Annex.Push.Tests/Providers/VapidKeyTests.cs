using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Annex.Push.Providers.WebPush;
using Xunit;

namespace Annex.Push.Tests.Providers;

public sealed class VapidKeyTests
{
    [Fact]
    public void The_token_verifies_with_the_public_key_and_names_origin_subject_and_an_end_within_a_day()
    {
        using var vapid = new VapidKey(ECDsa.Create(ECCurve.NamedCurves.nistP256), "mailto:operator@example.org",
            TimeProvider.System);

        var header = vapid.AuthorizationFor(new Uri("https://push.example.org:8443/send/abc"));

        Assert.StartsWith("vapid t=", header, StringComparison.Ordinal);
        Assert.EndsWith($", k={vapid.PublicKey}", header, StringComparison.Ordinal);
        var claims = Verify(header);
        Assert.Equal("https://push.example.org:8443", claims.GetProperty("aud").GetString());
        Assert.Equal("mailto:operator@example.org", claims.GetProperty("sub").GetString());
        var end = DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64());
        Assert.InRange(end, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(24));
    }

    [Fact]
    public void The_example_of_RFC_8292_section_2_4_verifies_as_ours_do()
    {
        var claims = Verify("vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3"
            + "NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9Ok"
            + "SSHzvoD1oA, k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs");
        Assert.Equal("https://push.example.net", claims.GetProperty("aud").GetString());
        Assert.Equal(1453523768, claims.GetProperty("exp").GetInt64());
    }

    [Fact]
    public void A_token_is_reused_for_the_same_origin_only()
    {
        using var vapid = new VapidKey(ECDsa.Create(ECCurve.NamedCurves.nistP256), "mailto:operator@example.org",
            TimeProvider.System);
        var first = vapid.AuthorizationFor(new Uri("https://one.example.org/a"));
        Assert.Same(first, vapid.AuthorizationFor(new Uri("https://one.example.org/b")));
        Assert.NotEqual(first, vapid.AuthorizationFor(new Uri("https://two.example.org/a")));
    }

    /// <summary>As a push service does: the token by the key beside it (RFC 8292 §2 and §3.2).</summary>
    private static JsonElement Verify(string header)
    {
        var comma = header.IndexOf(',', StringComparison.Ordinal);
        var parts = header["vapid t=".Length..comma].Split('.');
        var point = Base64Url.DecodeFromChars(header.AsSpan(comma + ", k=".Length));
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point[1..33], Y = point[33..] },
        });
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]),
            HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        return JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement;
    }
}
