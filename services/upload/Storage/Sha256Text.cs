using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Annex.Upload.Storage;

/// <summary>A SHA-256 as people and contracts write it: 64 hexadecimal digits.</summary>
public static class Sha256Text
{
    public static bool TryParse(string? text, [NotNullWhen(true)] out byte[]? sha256)
    {
        sha256 = null;
        text = text?.Trim();
        if (text is not { Length: 2 * SHA256.HashSizeInBytes } || !text.All(char.IsAsciiHexDigit)) return false;
        sha256 = Convert.FromHexString(text);
        return true;
    }
}
