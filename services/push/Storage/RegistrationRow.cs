using Annex.Push.Registrations;

namespace Annex.Push.Storage;

/// <summary>Table push.registrations. Tokens and endpoints stand in it encrypted, secrets as hashes.</summary>
public sealed class RegistrationRow
{
    public long Id { get; set; }

    public required string Node { get; set; }

    public required byte[] SecretHash { get; set; }

    /// <summary>Bare JID.</summary>
    public required string Owner { get; set; }

    /// <summary>What makes a registration of the same device the same row: keyed hash of owner, provider, device and
    /// room.</summary>
    public required byte[] DeviceKey { get; set; }

    public required string Device { get; set; }

    public required string Provider { get; set; }

    public string? App { get; set; }

    /// <summary>TargetVault's layout.</summary>
    public required byte[] Target { get; set; }

    public string? Room { get; set; }

    public RoomNotifications Rooms { get; set; }

    public bool WantsSender { get; set; }

    public bool WantsBody { get; set; }

    public DateTimeOffset RegisteredAt { get; set; }

    public DateTimeOffset? LastDeliveredAt { get; set; }

    /// <summary>The provider's last word, for "my devices" and the audit.</summary>
    public string? LastOutcome { get; set; }

    public int Failures { get; set; }

    public DateTimeOffset? GoneAt { get; set; }
}
