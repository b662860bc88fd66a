using Annex.Upload.Slots;

namespace Annex.Upload.Storage;

/// <summary>Which stored files are wanted; what is null does not matter.</summary>
public sealed record FileFilter
{
    /// <summary>Bare JID.</summary>
    public string? Owner { get; init; }

    public string? Domain { get; init; }

    public byte[]? Sha256 { get; init; }

    public Purpose? Purpose { get; init; }

    /// <summary>Stored at this time or later.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Stored before it.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Only smaller ids: that of the last file of the page before.</summary>
    public long Before { get; init; } = long.MaxValue;
}
