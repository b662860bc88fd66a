using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Annex.Push.Registrations;

namespace Annex.Push.Delivery;

/// <summary>What an app is told, as a JSON object of strings. Who it is for and which room it is about are keyed hashes
/// that only the device can make out (the form that clients of register-push-fcm know); names and text are in it only
/// where the client asked for them and the operator allows it.</summary>
public static class PushPayload
{
    /// <summary>Room for everything else within the networks' 4096 bytes, of which encryption takes 103.</summary>
    private const int MaxTextBytes = 2000;

    private const int MaxSenderBytes = 1000;

    /// <param name="registration">For whom.</param>
    /// <param name="room">Bare JID of the room that it is about, or null.</param>
    /// <param name="sender">JID or nick.</param>
    /// <param name="body">The message's text.</param>
    /// <param name="options">What the operator allows.</param>
    public static byte[] Create(Registration registration, string? room, string? sender, string? body,
        PushOptions options)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("account", Fingerprint(registration.Owner, registration.Device));
            if ((room ?? registration.Room) is { } about)
            {
                json.WriteString("channel", Fingerprint(about, registration.Device));
                // Encrypted for the browser alone: there the name is no secret, and a page has no other way to know it.
                if (room is not null && registration.Target.ReceiverKey is not null) json.WriteString("room", about);
            }
            if (registration.WantsSender && options.AllowSender && sender is not null)
                json.WriteString("sender", Cut(sender, MaxSenderBytes));
            if (registration.WantsBody && options.AllowBody && body is not null)
                json.WriteString("body", Cut(body, MaxTextBytes));
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <summary>SHA-1 of the address, a zero and the device's own name in hexadecimal: what existing clients look
    /// for.</summary>
    internal static string Fingerprint(string address, string device) =>
#pragma warning disable CA5350 // The clients' own wire format; the device's name is what keeps it from being guessed.
        Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes($"{address}\0{device}")));
#pragma warning restore CA5350

    private static string Cut(string text, int maxBytes)
    {
        // As it will stand in JSON, where a character may take six bytes.
        var length = 0;
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += JsonEncodedText.Encode(rune.ToString()).EncodedUtf8Bytes.Length;
            if (bytes > maxBytes) return text[..length];
            length += rune.Utf16SequenceLength;
        }
        return text;
    }
}
