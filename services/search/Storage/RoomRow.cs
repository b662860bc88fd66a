using NpgsqlTypes;

namespace Annex.Search.Storage;

/// <summary>A room of the index, or the memory of one that is gone (so that late events about it are known to be late).</summary>
public sealed class RoomRow
{
    public required string Jid { get; set; }

    public required string Domain { get; set; }

    public bool IsOurs { get; set; }

    /// <summary>Of the last event; 0 for what was crawled.</summary>
    public long Version { get; set; }

    public long OccupancyVersion { get; set; }

    public required string Name { get; set; }

    public required string Description { get; set; }

    public string? Language { get; set; }

    /// <summary>The language's primary subtag.</summary>
    public string? PrimaryLanguage { get; set; }

    public required string[] Tags { get; set; }

    public int Occupants { get; set; }

    public bool IsOpen { get; set; }

    public bool IsNonAnonymous { get; set; }

    public bool IsModerated { get; set; }

    public bool IsNsfw { get; set; }

    public required string[] Flags { get; set; }

    public string? AvatarHash { get; set; }

    public string? WebChatUrl { get; set; }

    public string? LogsUrl { get; set; }

    public bool IsPresent { get; set; }

    /// <summary>Present and not delisted: only these are ever shown.</summary>
    public bool IsListed { get; set; }

    public float Activity { get; set; }

    /// <summary>Since when the number of occupants is what it is; the smoothing counts from here.</summary>
    public DateTimeOffset ActivityAt { get; set; }

    public int Popularity { get; set; }

    public DateTimeOffset FirstSeen { get; set; }

    public DateTimeOffset LastSeen { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>The name in search form, for being compared as a whole.</summary>
    public required string NameKey { get; set; }

    /// <summary>The address up to its @ in search form.</summary>
    public required string LocalKey { get; set; }

    public required NpgsqlTsVector Words { get; set; }

    /// <summary>The transaction that wrote the row last: what the copies in memory go by.</summary>
    public ulong ChangedBy { get; set; }
}
