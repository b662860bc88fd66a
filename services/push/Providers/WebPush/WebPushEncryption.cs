using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Annex.Push.Providers.WebPush;

/// <summary>Message encryption for Web Push (RFC 8291) in one record of aes128gcm (RFC 8188).</summary>
public static class WebPushEncryption
{
    /// <summary>What a push service has to take (RFC 8030 §7.2) less header (86), delimiter (1) and tag (16).</summary>
    public const int MaxPlaintextBytes = 4096 - 86 - 1 - 16;

    private const int SaltLength = 16;
    private const int PointLength = 65;
    private const int AuthLength = 16;
    private const int TagLength = 16;
    private const int RecordSize = 4096;

    /// <summary>Encrypts with a fresh key and salt.</summary>
    /// <param name="plaintext">At most <see cref="MaxPlaintextBytes"/>.</param>
    /// <param name="receiverKey">The subscription's p256dh: an uncompressed point on P-256.</param>
    /// <param name="authSecret">The subscription's auth, 16 bytes.</param>
    /// <exception cref="CryptographicException">The receiver's key is no point on the curve.</exception>
    public static byte[] Encrypt(ReadOnlySpan<byte> plaintext, byte[] receiverKey, byte[] authSecret)
    {
        using var sender = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Encrypt(plaintext, receiverKey, authSecret, sender, RandomNumberGenerator.GetBytes(SaltLength));
    }

    /// <summary>Whether these are the right shape for a subscription; the point is checked on the curve.</summary>
    public static bool AreKeysValid(byte[]? receiverKey, byte[]? authSecret)
    {
        if (receiverKey is not { Length: PointLength } || receiverKey[0] != 4
            || authSecret is not { Length: AuthLength }) return false;
        try
        {
            using var key = ImportPoint(receiverKey);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    internal static byte[] Encrypt(ReadOnlySpan<byte> plaintext, byte[] receiverKey, byte[] authSecret,
        ECDiffieHellman sender, byte[] salt)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintext.Length, MaxPlaintextBytes);
        var point = sender.ExportParameters(includePrivateParameters: false).Q;
        byte[] senderKey = [4, .. point.X!, .. point.Y!];
        using var receiver = ImportPoint(receiverKey);
        var shared = sender.DeriveRawSecretAgreement(receiver.PublicKey);

        // RFC 8291 §3.4: the shared secret and the authentication secret make the input key of RFC 8188 §2.2 and §2.3.
        byte[] keyInfo = [.. "WebPush: info\0"u8, .. receiverKey, .. senderKey];
        var ikm = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, authSecret, keyInfo);
        CryptographicOperations.ZeroMemory(shared);
        return Seal(plaintext, ikm, salt, senderKey);
    }

    /// <summary>One record of aes128gcm (RFC 8188): header with salt, record size and key id, then the ciphertext.</summary>
    internal static byte[] Seal(ReadOnlySpan<byte> plaintext, byte[] ikm, byte[] salt, byte[] keyId)
    {
        var contentKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, ikm, 16, salt,
            "Content-Encoding: aes128gcm\0"u8.ToArray());
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, ikm, 12, salt, "Content-Encoding: nonce\0"u8.ToArray());
        var header = SaltLength + 4 + 1 + keyId.Length;
        var result = new byte[header + plaintext.Length + 1 + TagLength];
        salt.CopyTo(result, 0);
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(SaltLength), RecordSize);
        result[SaltLength + 4] = (byte)keyId.Length;
        keyId.CopyTo(result, SaltLength + 5);
        byte[] padded = [.. plaintext, 2]; // the delimiter of the last record (RFC 8188 §2)
        var body = result.AsSpan(header);
        using var aes = new AesGcm(contentKey, TagLength);
        aes.Encrypt(nonce, padded, body[..padded.Length], body[padded.Length..]);
        return result;
    }

    private static ECDiffieHellman ImportPoint(byte[] point) => ECDiffieHellman.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = point[1..33], Y = point[33..65] },
    });
}
