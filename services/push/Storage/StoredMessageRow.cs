namespace Annex.Push.Storage;

/// <summary>Table push.messages: what came in for an endpoint and has not been taken by its client.</summary>
public sealed class StoredMessageRow
{
    public long Id { get; set; }

    public long EndpointId { get; set; }

    /// <summary>The body, encrypted: an app may send it in the clear.</summary>
    public required byte[] Body { get; set; }

    /// <summary>RFC 8030 §5.4; null for none.</summary>
    public string? Topic { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}
