using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Annex.Upload.Slots;

/// <summary>
/// The value of a slot's Authorization header: <c>Bearer base64url(expiry, HMAC-SHA256(key, path and expiry))</c>. Small, good
/// for one path only, checked before anything is looked up. Size and type stand in the slot itself.
/// </summary>
public sealed class UploadToken(byte[] key)
{
    public const string Scheme = "Bearer ";
    /// <summary>Characters of a token.</summary>
    public static readonly int Length = Base64Url.GetEncodedLength(TokenBytes);

    private const int ExpiryBytes = sizeof(long);
    private const int TokenBytes = ExpiryBytes + HMACSHA256.HashSizeInBytes;
    private static readonly byte[] Use = "annex upload put 1\0"u8.ToArray();

    /// <summary>The token alone, without the scheme.</summary>
    public string Create(string path, DateTimeOffset expires)
    {
        Span<byte> token = stackalloc byte[TokenBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, expires.ToUnixTimeSeconds());
        Sign(path, token[..ExpiryBytes], token[ExpiryBytes..]);
        return Base64Url.EncodeToString(token);
    }

    public TokenVerdict Verify(string? token, string path, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(token)) return TokenVerdict.Missing;
        Span<byte> given = stackalloc byte[TokenBytes];
        if (token.Length != Length
            || !Base64Url.TryDecodeFromChars(token, given, out var length) || length != TokenBytes) return TokenVerdict.Foreign;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(path, given[..ExpiryBytes], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, given[ExpiryBytes..])) return TokenVerdict.Foreign;
        return BinaryPrimitives.ReadInt64BigEndian(given) >= now.ToUnixTimeSeconds() ? TokenVerdict.Valid : TokenVerdict.Expired;
    }

    private void Sign(string path, ReadOnlySpan<byte> expiry, Span<byte> mac)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Use);
        hmac.AppendData(expiry);
        hmac.AppendData(Encoding.UTF8.GetBytes(path));
        hmac.GetHashAndReset(mac);
    }
}
