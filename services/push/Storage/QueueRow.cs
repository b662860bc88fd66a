using Annex.Push.Providers;

namespace Annex.Push.Storage;

/// <summary>Table push.queue: one row per coalescing key. A row without a push waiting only remembers when its node was
/// pushed last; the sweep takes it away.</summary>
public sealed class QueueRow
{
    public required string Key { get; set; }

    public long? RegistrationId { get; set; }

    public byte[]? Target { get; set; }

    public required string Provider { get; set; }

    public string? App { get; set; }

    public required byte[] Payload { get; set; }

    public PushUrgency Urgency { get; set; }

    public bool IsCall { get; set; }

    public bool IsPending { get; set; }

    public long Version { get; set; }

    public int Attempts { get; set; }

    public DateTimeOffset DueAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? ClaimedUntil { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    /// <summary>W3C traceparent of the work that asked for the push, where traces are kept.</summary>
    public string? Trace { get; set; }
}
