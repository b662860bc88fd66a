namespace Annex.Contracts.Events;

/// <summary>A file is no longer served.</summary>
public sealed record FileDeleted
{
    public required string SlotId { get; init; }

    /// <summary>Bare JID.</summary>
    public required string Uploader { get; init; }

    public required string Url { get; init; }

    /// <summary>Lower-case hexadecimal.</summary>
    public string? Sha256 { get; init; }

    public string Purpose { get; init; } = "message";

    /// <summary>expired, uploader, operator, retracted, account or blocked.</summary>
    public string Reason { get; init; } = "";

    public DateTimeOffset At { get; init; }
}
