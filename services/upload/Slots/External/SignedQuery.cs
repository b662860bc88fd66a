using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Annex.Upload.Slots.External;

/// <summary>
/// The external upload protocol of prosody-modules' mod_http_upload_external (Metronome and ejabberd's external_secret speak
/// it too): an HMAC-SHA256 in the query string. <c>v</c> covers path and length, <c>v2</c> (alias <c>token</c>) the type as well.
/// It names no owner and never expires; the path may be used once.
/// </summary>
public sealed class SignedQuery(byte[] secret)
{
    /// <summary>Judges only the highest version that is present: a valid v beside a wrong v2 is refused.</summary>
    /// <param name="parameters">The query's parameters: null where one is absent.</param>
    /// <param name="path">Below the base URL, unescaped.</param>
    /// <param name="contentType">The request's header as it came; empty counts as application/octet-stream, which is what the
    /// module signs where the client named none.</param>
    public TokenVerdict Verify(Func<string, string?> parameters, string path, long length, string? contentType)
    {
        if ((parameters("v2") ?? parameters("token")) is { } second)
        {
            var type = string.IsNullOrEmpty(contentType) ? MediaType.OctetStream.Text : contentType;
            return Compare(second, string.Create(CultureInfo.InvariantCulture, $"{path}\0{length}\0{type}"));
        }
        return parameters("v") is { } first
            ? Compare(first, string.Create(CultureInfo.InvariantCulture, $"{path} {length}")) : TokenVerdict.Missing;
    }

    private TokenVerdict Compare(string given, string message)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(message), expected);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var isHex = given.Length == 2 * mac.Length
            && Convert.FromHexString(given, mac, out _, out _) == System.Buffers.OperationStatus.Done;
        return isHex && CryptographicOperations.FixedTimeEquals(mac, expected) ? TokenVerdict.Valid : TokenVerdict.Foreign;
    }
}
