namespace Annex.Contracts.Events;

/// <summary>
/// A room as a directory sees it: all that an index needs, and nothing about the people in it.
/// </summary>
public sealed record RoomState
{
    /// <summary>The room's bare JID, prepared.</summary>
    public required string Room { get; init; }

    /// <summary>Grows with every change of this room, also over its destruction and re-creation: a consumer drops what is not
    /// greater than what it has. Microseconds since 1970 at the commit, made to grow, is such a number.</summary>
    public required long Version { get; init; }

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>A language tag (RFC 5646), or null where the owner named none.</summary>
    public string? Language { get; init; }

    /// <summary>Without '#', as the owner wrote them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public int Occupants { get; init; }

    /// <summary>Null: no limit.</summary>
    public int? MaxOccupants { get; init; }

    /// <summary>In disco#items for everyone (muc_public).</summary>
    public bool IsPublic { get; init; }

    /// <summary>The owner wants it found beyond disco#items. Has no effect unless <see cref="IsPublic"/>.</summary>
    public bool IsSearchable { get; init; } = true;

    public bool IsPersistent { get; init; }

    public bool IsMembersOnly { get; init; }

    public bool HasPassword { get; init; }

    public bool IsModerated { get; init; }

    /// <summary>Everyone in the room sees everyone's JID (muc_nonanonymous).</summary>
    public bool IsNonAnonymous { get; init; }

    /// <summary>Lower-case hexadecimal SHA-1 of the avatar (XEP-0153), or null.</summary>
    public string? AvatarHash { get; init; }

    /// <summary>http or https, or null.</summary>
    public string? WebChatUrl { get; init; }

    /// <summary>http or https, or null.</summary>
    public string? LogsUrl { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }
}
