using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Annex.Push.Registrations;

/// <summary>Nodes and secrets: unguessable, kept as hashes, compared in constant time.</summary>
public static class NodeSecrets
{
    private const int RandomBytes = 24;

    /// <summary>What an unknown node is compared with, so that it takes as long as a known one (spec P5).</summary>
    private static readonly byte[] Nobody = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public static bool Matches(Registration? registration, string? secret)
    {
        var expected = registration?.SecretHash is { Length: > 0 } hash ? hash : Nobody;
        var isEqual = CryptographicOperations.FixedTimeEquals(Hash(secret ?? ""), expected);
        return registration is { SecretHash.Length: 0 } ? secret is null
            : isEqual && registration is not null && secret is not null;
    }
}
