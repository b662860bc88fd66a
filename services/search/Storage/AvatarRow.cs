namespace Annex.Search.Storage;

/// <summary>A room's picture, rewritten here: never the bytes that the room sent.</summary>
public sealed class AvatarRow
{
    public required string Jid { get; set; }

    /// <summary>SHA-1 of the original, as the room announced it (XEP-0153).</summary>
    public required string Hash { get; set; }

    /// <summary>PNG or JPEG without anything but the picture; null where the original was none that we show.</summary>
    public byte[]? Image { get; set; }

    public DateTimeOffset FetchedAt { get; set; }
}
