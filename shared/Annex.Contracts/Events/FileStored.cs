namespace Annex.Contracts.Events;

/// <summary>An upload is complete and served.</summary>
public sealed record FileStored
{
    public required string SlotId { get; init; }

    /// <summary>Bare JID.</summary>
    public required string Uploader { get; init; }

    /// <summary>The get URL that the slot named.</summary>
    public required string Url { get; init; }

    /// <summary>Lower-case hexadecimal.</summary>
    public string? Sha256 { get; init; }

    /// <summary>message, profile, ephemeral or permanent (XEP-0363 1.2).</summary>
    public string Purpose { get; init; } = "message";

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    public string ContentType { get; init; } = "application/octet-stream";

    public DateTimeOffset At { get; init; }
}
