using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Annex.Scenarios.Push;

/// <summary>A browser's subscription: an endpoint at the peer, and the keys to read what comes.</summary>
public sealed class TestSubscription(PushPeer peer)
{
    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _auth = RandomNumberGenerator.GetBytes(16);

    public string Path { get; } = $"/wp/{Guid.NewGuid():N}";

    public string Endpoint => peer.Http1.GetLeftPart(UriPartial.Authority) + Path;

    public string P256dh => Base64Url.EncodeToString(PublicKey);

    public string Auth => Base64Url.EncodeToString(_auth);

    private byte[] PublicKey
    {
        get
        {
            var point = _key.ExportParameters(false).Q;
            return [4, .. point.X!, .. point.Y!];
        }
    }

    /// <summary>The next push, decrypted as a browser does (RFC 8291 §3, by way of its own code).</summary>
    public async Task<(ReceivedPush Push, JsonElement Json)> NextAsync()
    {
        var push = await peer.NextAsync(Path);
        return (push, Read(push));
    }

    /// <summary>What a push to this subscription says.</summary>
    public JsonElement Read(ReceivedPush push) => JsonDocument.Parse(Decrypt(push.Body)).RootElement;

    private byte[] Decrypt(byte[] body)
    {
        var salt = body[..16];
        var sender = body[21..(21 + body[20])];
        var closed = body[(21 + body[20])..];
        using var other = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = sender[1..33], Y = sender[33..65] },
        });
        var shared = _key.DeriveRawSecretAgreement(other.PublicKey);
        byte[] info = [.. "WebPush: info\0"u8, .. PublicKey, .. sender];
        var ikm = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, _auth, info);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, ikm, 16, salt, "Content-Encoding: aes128gcm\0"u8.ToArray());
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, ikm, 12, salt, "Content-Encoding: nonce\0"u8.ToArray());
        var plain = new byte[closed.Length - 16];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(nonce, closed.AsSpan(0, plain.Length), closed.AsSpan(plain.Length), plain);
        var end = Array.FindLastIndex(plain, b => b != 0);
        return plain[..end];
    }
}
