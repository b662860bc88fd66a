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
        var parts = header["vapid t=".Length..header.IndexOf(',', StringComparison.Ordinal)].Split('.');
        var point = Base64Url.DecodeFromChars(vapid.PublicKey);
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point[1..33], Y = point[33..] },
        });
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
            Base64Url.DecodeFromChars(parts[2]),
            HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement;
        Assert.Equal("https://push.example.org:8443", claims.GetProperty("aud").GetString());
        Assert.Equal("mailto:operator@example.org", claims.GetProperty("sub").GetString());
        var end = DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64());
        Assert.InRange(end, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(24));
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
}
