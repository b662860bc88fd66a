using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Annex.Push.Providers;

/// <summary>Signed tokens in compact form (RFC 7515): ES256 for VAPID and APNs, RS256 for Google's OAuth2.</summary>
internal static class JsonWebToken
{
    /// <param name="header">The header as JSON text.</param>
    /// <param name="claims">The claims as JSON text.</param>
    /// <param name="key">A key on P-256.</param>
    public static string SignEs256(string header, string claims, ECDsa key)
    {
        var text = Unsigned(header, claims);
        var signature = key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    public static string SignRs256(string header, string claims, RSA key)
    {
        var text = Unsigned(header, claims);
        var signature = key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1);
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Unsigned(string header, string claims) =>
        $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
}
