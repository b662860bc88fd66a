namespace Annex.Search.Index;

/// <summary>What somebody looks for, in terms of the index.</summary>
public sealed record RoomQuery
{
    /// <summary>Null: every room that the filters let through.</summary>
    public SearchTerms? Terms { get; init; }

    public SearchFields Fields { get; init; } = SearchFields.All;

    public SortKey Sort { get; init; } = SortKey.Relevance;

    public int MinOccupants { get; init; }

    /// <summary>A language's primary subtag ("de"), or null for any.</summary>
    public string? Language { get; init; }

    /// <summary>All of them have to be there; in search form.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Null: both.</summary>
    public bool? IsOpen { get; init; }

    /// <summary>Rooms marked as not safe for work.</summary>
    public bool IncludeNsfw { get; init; } = true;

    /// <summary>A host's rooms alone, or null for any.</summary>
    public string? Domain { get; init; }

    public int Limit { get; init; } = 50;

    public Cursor? After { get; init; }

    public Cursor? Before { get; init; }

    /// <summary>The last page of all.</summary>
    public bool IsFromEnd { get; init; }

    /// <summary>Rooms to leave out at the front.</summary>
    public int Offset { get; init; }

    public bool IsBackward => IsFromEnd || Before is not null;
}
