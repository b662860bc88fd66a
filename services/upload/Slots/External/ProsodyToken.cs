using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Annex.Upload.Slots.External;

/// <summary>
/// The bearer token of Prosody's mod_http_file_share with http_file_share_base_url: a JWT (RFC 7519), HS256, that carries the
/// whole slot: sub, iat, exp, slot, expires, filename, filesize, filetype.
/// </summary>
public sealed class ProsodyToken(byte[] secret)
{
    private const int MaxLength = 8192;

    /// <param name="path">Below the base URL, unescaped: the slot and the file's name.</param>
    public TokenVerdict Verify(string? token, string path, DateTimeOffset now, out ExternalUpload? upload)
    {
        upload = null;
        if (string.IsNullOrEmpty(token)) return TokenVerdict.Missing;
        if (token.Length > MaxLength || token.Count('.') != 2) return TokenVerdict.Foreign;
        var last = token.LastIndexOf('.');
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(token, 0, last), expected);
        if (!TryDecode(token.AsSpan(last + 1), out var mac)
            || !CryptographicOperations.FixedTimeEquals(mac, expected)) return TokenVerdict.Foreign;
        var first = token.IndexOf('.');
        try
        {
            if (!TryDecode(token.AsSpan(0, first), out var header) || !TryDecode(token.AsSpan(first + 1, last - first - 1),
                    out var body)) return TokenVerdict.Foreign;
            using var head = JsonDocument.Parse(header);
            // RFC 8725 §3.1: the algorithm is ours to choose, not the token's.
            if (Text(head.RootElement, "alg") != "HS256") return TokenVerdict.Foreign;
            using var claims = JsonDocument.Parse(body);
            return Read(claims.RootElement, path, now, out upload);
        }
        catch (JsonException)
        {
            return TokenVerdict.Foreign;
        }
    }

    private static TokenVerdict Read(JsonElement claims, string path, DateTimeOffset now, out ExternalUpload? upload)
    {
        upload = null;
        if (claims.ValueKind != JsonValueKind.Object || Number(claims, "exp") is not { } exp
            || Number(claims, "filesize") is not { } size || size < 1) return TokenVerdict.Foreign;
        if (Text(claims, "slot") is not { } slot || Text(claims, "filename") is not { } name
            || $"{slot}/{name}" != path) return TokenVerdict.Foreign;
        if (exp < now.ToUnixTimeSeconds()) return TokenVerdict.Expired;
        var type = MediaType.TryParse(Text(claims, "filetype"), out var parsed) ? parsed : null;
        // Beyond the year 9999 is as good as never.
        DateTimeOffset? expires = Number(claims, "expires") is { } seconds and >= 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        upload = new ExternalUpload(Text(claims, "sub") ?? "", size, type, expires);
        return TokenVerdict.Valid;
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.ValueKind == JsonValueKind.Object && claims.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Lua has one kind of number: whole ones may arrive as 23.0.
    private static long? Number(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out var number) && double.IsInteger(number) && Math.Abs(number) < 9e15 ? (long)number : null;

    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (!Base64Url.IsValid(text)) return false;
        bytes = Base64Url.DecodeFromChars(text);
        return true;
    }
}
