using System.Security.Cryptography;
using System.Text.Json;

namespace Annex.Push.Registrations;

/// <summary>
/// Keeps targets encrypted at rest (AES-256-GCM). The first key encrypts; the others still open what they once closed,
/// so that a key is rotated by putting a new one in front. Layout: key id (4), nonce (12), tag (16), ciphertext.
/// </summary>
public sealed class TargetVault
{
    private const int KeyLength = 32;
    private const int IdLength = 4;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int Overhead = IdLength + NonceLength + TagLength;

    private readonly (byte[] Id, byte[] Key)[] _keys;
    private readonly byte[] _fingerprintKey;

    /// <param name="keys">32 bytes each, newest first, at least one.</param>
    /// <exception cref="ArgumentException">No key, or one of another length.</exception>
    public TargetVault(IReadOnlyList<byte[]> keys)
    {
        if (keys.Count == 0 || keys.Any(k => k.Length != KeyLength))
            throw new ArgumentException($"Each encryption key has to be {KeyLength} bytes, and there has to be one.",
                nameof(keys));
        _keys = [.. keys.Select(k => (SHA256.HashData(k)[..IdLength], k))];
        // The oldest key: fingerprints have to outlive a rotation, or a device that registers again would get a second
        // node.
        _fingerprintKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, keys[^1], KeyLength,
            info: "annex push fingerprint"u8.ToArray());
    }

    public byte[] Close(PushTarget target)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(target);
        var (id, key) = _keys[0];
        var result = new byte[Overhead + plain.Length];
        id.CopyTo(result, 0);
        var nonce = result.AsSpan(IdLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, plain, result.AsSpan(Overhead), result.AsSpan(IdLength + NonceLength, TagLength), id);
        return result;
    }

    /// <exception cref="CryptographicException">Its key is not among ours any more, or it was altered.</exception>
    public PushTarget Open(byte[] closed)
    {
        if (closed.Length < Overhead) throw new CryptographicException("A stored push target is cut short.");
        var id = closed.AsSpan(0, IdLength);
        foreach (var (keyId, key) in _keys)
        {
            if (!id.SequenceEqual(keyId)) continue;
            var plain = new byte[closed.Length - Overhead];
            using var aes = new AesGcm(key, TagLength);
            aes.Decrypt(closed.AsSpan(IdLength, NonceLength), closed.AsSpan(Overhead),
                closed.AsSpan(IdLength + NonceLength, TagLength), plain, id);
            return JsonSerializer.Deserialize<PushTarget>(plain)!;
        }
        throw new CryptographicException("A stored push target was encrypted with a key that is no longer configured.");
    }

    /// <summary>How that begins which keys other than the newest closed: to be closed again.</summary>
    public byte[][] OlderIds => [.. _keys.Skip(1).Select(k => k.Id)];

    /// <summary>A keyed hash of text that has to be found again but not read: device names, stateless tokens.</summary>
    public byte[] Fingerprint(string text) =>
        HMACSHA256.HashData(_fingerprintKey, System.Text.Encoding.UTF8.GetBytes(text));
}
