using System.Security.Cryptography;
using System.Text;

namespace Annex.TurnDiscovery.Credentials;

/// <summary>A secret shared with TURN servers. Shows itself to nobody.</summary>
public sealed class TurnSecret(string secret, DateTimeOffset? from)
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(secret);

    /// <summary>From when on it signs.</summary>
    public DateTimeOffset From { get; } = from ?? DateTimeOffset.MinValue;

    /// <summary>The password for this user name: base64(HMAC-SHA1), as coturn, eturnal and ejabberd compute it.</summary>
    public string PasswordFor(string username)
    {
        Span<byte> name = stackalloc byte[256];
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        var bytes = Encoding.UTF8.TryGetBytes(username, name, out var length)
            ? name[..length] : Encoding.UTF8.GetBytes(username);
#pragma warning disable CA5350 // the TURN REST API names HMAC-SHA1, and no server knows another
        HMACSHA1.HashData(_key, bytes, hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }

    /// <summary>A key for another purpose.</summary>
    public byte[] Derive(string purpose) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(purpose));

    public override string ToString() => "(secret)";
}
