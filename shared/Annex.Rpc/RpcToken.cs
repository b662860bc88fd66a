using System.Security.Cryptography;
using System.Text;

namespace Annex.Rpc;

/// <summary>
/// The secret that callers of a listener share with it. Never printed. Comparing takes the same time whatever is presented.
/// </summary>
public sealed class RpcToken
{
    /// <summary>Shorter ones can be guessed at the rate of a local network; 16 random characters cannot.</summary>
    public const int MinLength = 16;

    private readonly byte[] _hash;
    private readonly string _header;

    private RpcToken(string token)
    {
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        _header = "Bearer " + token;
    }

    internal string Header => _header;

    /// <summary>The token itself, or the first line of its file; null where neither is given.</summary>
    /// <exception cref="FormatException">Both are given, or the token is too short or no header could carry it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RpcToken? Load(string? token, string? tokenFile)
    {
        var isFile = !string.IsNullOrEmpty(tokenFile);
        if (isFile && !string.IsNullOrEmpty(token))
            throw new FormatException("Token and TokenFile are both set; one of them is enough.");
        if (isFile)
            token = File.ReadLines(tokenFile!).FirstOrDefault()?.Trim();
        if (string.IsNullOrEmpty(token))
            return isFile ? throw new FormatException("The token file is empty.") : null;
        if (token.Length < MinLength)
            throw new FormatException($"The token has fewer than {MinLength} characters.");
        if (token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new FormatException("The token is not printable ASCII without spaces.");
        return new RpcToken(token);
    }

    /// <summary>True for "Bearer " with this token.</summary>
    public bool IsMatch(string? authorization)
    {
        const string Scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        // The hashes have one length, so that neither length nor content of the secret shows in the time taken.
        Span<byte> presented = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()), presented);
        return CryptographicOperations.FixedTimeEquals(presented, _hash);
    }

    public override string ToString() => "(token)";
}
