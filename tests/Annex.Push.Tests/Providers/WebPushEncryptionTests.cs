using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Annex.Push.Providers.WebPush;
using Xunit;

namespace Annex.Push.Tests.Providers;

public sealed class WebPushEncryptionTests
{
    private static readonly byte[] ReceiverKey =
        Base64Url.DecodeFromChars("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");

    private static readonly byte[] AuthSecret = Base64Url.DecodeFromChars("BTBZMqHH6r4Tts7J_aSIgg");

    [Fact]
    public void The_example_of_RFC_8291_section_5_is_reproduced_to_the_byte()
    {
        var senderKey = Base64Url.DecodeFromChars("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        using var sender = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Base64Url.DecodeFromChars("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
            Q = new ECPoint { X = senderKey[1..33], Y = senderKey[33..] },
        });

        var message = WebPushEncryption.Encrypt("When I grow up, I want to be a watermelon"u8, ReceiverKey, AuthSecret,
            sender,
            Base64Url.DecodeFromChars("DGv6ra1nlYgDCS1FRnbzlw"));

        Assert.Equal(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
            + "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
                Base64Url.EncodeToString(message));
    }

    [Fact]
    public void The_first_example_of_RFC_8188_is_reproduced_to_the_byte() => Assert.Equal(
        "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg",
        Base64Url.EncodeToString(WebPushEncryption.Seal("I am the walrus"u8, Base64Url.DecodeFromChars("yqdlZ-tYemfogSmv7Ws5PQ"),
            Base64Url.DecodeFromChars("I1BsxtFttlv3u_Oo94xnmw"), [])));

    [Fact]
    public void What_is_encrypted_with_a_fresh_key_opens_with_the_receivers_private_key()
    {
        using var receiver = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = receiver.ExportParameters(false).Q;
        byte[] receiverKey = [4, .. point.X!, .. point.Y!];

        var message = WebPushEncryption.Encrypt("hello"u8, receiverKey, AuthSecret);

        Assert.Equal("hello", Decrypt(message, receiver, receiverKey));
    }

    [Fact]
    public void The_largest_plaintext_makes_a_message_of_exactly_4096_bytes()
    {
        var message = WebPushEncryption.Encrypt(new byte[WebPushEncryption.MaxPlaintextBytes], ReceiverKey, AuthSecret);
        Assert.Equal(4096, message.Length);
    }

    [Fact]
    public void Keys_of_the_wrong_length_or_off_the_curve_are_refused()
    {
        byte[] offTheCurve = [.. ReceiverKey];
        offTheCurve[40] ^= 1;
        Assert.True(WebPushEncryption.AreKeysValid(ReceiverKey, AuthSecret));
        Assert.False(WebPushEncryption.AreKeysValid(offTheCurve, AuthSecret));
        Assert.False(WebPushEncryption.AreKeysValid(ReceiverKey[..64], AuthSecret));
        Assert.False(WebPushEncryption.AreKeysValid(ReceiverKey, AuthSecret[..15]));
        Assert.False(WebPushEncryption.AreKeysValid(null, null));
    }

    /// <summary>The receiver's half of RFC 8291, written from the RFC and independent of the code under test.</summary>
    private static string Decrypt(byte[] message, ECDiffieHellman receiver, byte[] receiverKey)
    {
        var salt = message[..16];
        var senderKey = message[21..86];
        using var sender = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = senderKey[1..33], Y = senderKey[33..] },
        });
        var shared = receiver.DeriveRawSecretAgreement(sender.PublicKey);
        byte[] info = [.. "WebPush: info\0"u8, .. receiverKey, .. senderKey];
        var ikm = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, AuthSecret, info);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, ikm, 16, salt, "Content-Encoding: aes128gcm\0"u8.ToArray());
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, ikm, 12, salt, "Content-Encoding: nonce\0"u8.ToArray());
        var plain = new byte[message.Length - 86 - 16];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(nonce, message.AsSpan(86, plain.Length), message.AsSpan(message.Length - 16), plain);
        Assert.Equal(2, plain[^1]);
        return Encoding.UTF8.GetString(plain[..^1]);
    }
}
