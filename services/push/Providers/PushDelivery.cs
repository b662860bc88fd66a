namespace Annex.Push.Providers;

/// <summary>What a provider sends to one device.</summary>
/// <param name="Target">The device token (APNs, FCM) or the endpoint's URL (Web Push, UnifiedPush). Secret: never
/// logged.</param>
/// <param name="Payload">What the client asked to get, in the provider's terms; empty for a bare wake-up. Web Push
/// encrypts it.</param>
/// <param name="Urgency">High wakes a person (a message, a call), Normal lets a client fetch in the background.</param>
/// <param name="TimeToLive">How long the network may keep it for a device that is away.</param>
public sealed record PushDelivery(string Target, ReadOnlyMemory<byte> Payload, PushUrgency Urgency, TimeSpan TimeToLive)
{
    /// <summary>A later push of the same topic takes the place of an earlier one that was not delivered yet
    /// (Topic of RFC 8030 §5.4, apns-collapse-id, FCM's collapse_key); null for none. At most 32 characters of
    /// base64url.</summary>
    public string? Topic { get; init; }

    /// <summary>One of many topics of the same device (a room): FCM keeps four collapse keys a device and no more, so that such a
    /// push gets none there.</summary>
    public bool IsOneOfMany { get; init; }

    /// <summary>Which of the operator's app set-ups applies (pushModule, bundle id); null for the provider's only
    /// one.</summary>
    public string? App { get; init; }

    /// <summary>Web Push: the subscription's p256dh (65 bytes, uncompressed point) and auth (16 bytes).</summary>
    public byte[]? ReceiverKey { get; init; }

    /// <inheritdoc cref="ReceiverKey"/>
    public byte[]? AuthSecret { get; init; }

    /// <summary>Web Push: set where the payload is an aes128gcm body already, made by the user's server, which signed
    /// this too.</summary>
    public string? Authorization { get; init; }

    /// <summary>Since when this registration stands: APNs' 410 counts only when it is older than the answer's
    /// timestamp.</summary>
    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>A call: APNs' voip push type.</summary>
    public bool IsCall { get; init; }
}
