namespace Annex.Search.Index;

/// <summary>A room as the index shows it. Nothing in it is about a person.</summary>
public sealed record RoomHit
{
    public required string Jid { get; init; }

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public string? Language { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public int Occupants { get; init; }

    public bool IsOpen { get; init; }

    public bool IsNonAnonymous { get; init; }

    public bool IsModerated { get; init; }

    public bool IsNsfw { get; init; }

    /// <summary>What looks like deception: see <see cref="Suspicion"/>.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    public string? AvatarHash { get; init; }

    public string? WebChatUrl { get; init; }

    public string? LogsUrl { get; init; }

    /// <summary>Occupants, smoothed over hours.</summary>
    public float Activity { get; init; }

    /// <summary>Of this suite, not found by the crawler.</summary>
    public bool IsOurs { get; init; }

    public DateTimeOffset FirstSeen { get; init; }

    public DateTimeOffset LastSeen { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Its place in the list that it was found in.</summary>
    public int SortValue { get; init; }

    /// <summary>What people call it: its name, or the part of its address in front of the @.</summary>
    public string Title => Name.Length > 0 ? Name : Jid[..Math.Max(Jid.IndexOf('@', StringComparison.Ordinal), 0)];
}
