using Annex.Push.Providers;

namespace Annex.Push.Registrations;

/// <summary>One device's right to be pushed to: a node of this service (XEP-0357) and where its pushes go.</summary>
public sealed record Registration
{
    public required long Id { get; init; }

    /// <summary>The node that publishes name: 192 random bits in base64url.</summary>
    public required string Node { get; init; }

    /// <summary>SHA-256 of the secret that comes with each publish; empty where the dialect has none.</summary>
    public required byte[] SecretHash { get; init; }

    /// <summary>Bare JID of the user who registered. Publishes are taken from this JID and from its domain
    /// only.</summary>
    public required string Owner { get; init; }

    /// <summary>The client's own name for the device; registering it again takes the same node with a new
    /// token.</summary>
    public required string Device { get; init; }

    /// <summary>webpush, unifiedpush, apns or fcm.</summary>
    public required string Provider { get; init; }

    /// <summary>Which of the operator's apps or keys at the provider; null for the only one.</summary>
    public string? App { get; init; }

    /// <summary>Where to, in the clear in memory only.</summary>
    public required PushTarget Target { get; init; }

    /// <summary>The room this registration is for, where a client registers each room by itself (field muc); else
    /// null.</summary>
    public string? Room { get; init; }

    public RoomNotifications Rooms { get; init; }

    /// <summary>The client asked for the sender's address in the payload; given only where the operator allows
    /// it.</summary>
    public bool WantsSender { get; init; }

    /// <summary>The client asked for the text in the payload; given only where the operator allows it.</summary>
    public bool WantsBody { get; init; }

    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>The provider said that the device is gone. The next publish is told so (item-not-found), then the row
    /// goes.</summary>
    public bool IsGone { get; init; }

    public PushDelivery ToDelivery(ReadOnlyMemory<byte> payload, PushUrgency urgency, TimeSpan timeToLive,
        string? topic) =>
        new(Target.Address, payload, urgency, timeToLive)
        {
            App = App,
            ReceiverKey = Target.ReceiverKey,
            AuthSecret = Target.AuthSecret,
            Topic = topic,
            RegisteredAt = RegisteredAt,
        };
}
