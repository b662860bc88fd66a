using System.Diagnostics;
using Annex.Push.Providers;

namespace Annex.Push.Delivery;

/// <summary>A push as the queue keeps it: one row per key, so that a later push takes the place of one still
/// waiting.</summary>
public sealed record QueuedPush
{
    /// <summary>What coalesces: the node, or the node and a room.</summary>
    public required string Key { get; init; }

    /// <summary>The registration, or null for a stateless push, whose target then comes with it.</summary>
    public long? RegistrationId { get; init; }

    /// <summary>Encrypted target of a stateless push.</summary>
    public byte[]? ClosedTarget { get; init; }

    public required string Provider { get; init; }

    public string? App { get; init; }

    /// <summary>What the provider's payload carries: a JSON object, or (push2) an encrypted body as it came.</summary>
    public byte[] Payload { get; init; } = [];

    public PushUrgency Urgency { get; init; }

    public bool IsCall { get; init; }

    /// <summary>After this the push is worth nothing to its receiver and is dropped.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Counts the pushes that fell into this row; what was sent is compared with it afterwards.</summary>
    public long Version { get; init; }

    /// <summary>W3C traceparent of the work that asked for it, so that a trace follows a message to the device; null where
    /// none is kept.</summary>
    public string? Trace { get; init; } = Activity.Current?.Id;

    /// <summary>Failed tries since the last delivery.</summary>
    public int Attempts { get; init; }
}
