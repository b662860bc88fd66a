using System.Security.Cryptography;
using System.Text;

namespace Annex.TurnDiscovery.Credentials;

/// <summary>
/// A name for each user by which a TURN server can count and limit without knowing whom: the same for the same bare JID, and
/// nobody without the key can tell the JID.
/// </summary>
public sealed class Pseudonyms(byte[] key)
{
    // 72 bits: a collision among a million users has a chance of 10⁻¹⁰.
    private const int Bytes = 9;

    public string Of(string user)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(user), hash);
        return System.Buffers.Text.Base64Url.EncodeToString(hash[..Bytes]);
    }
}
