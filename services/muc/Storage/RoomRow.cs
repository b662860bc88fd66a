namespace Annex.Muc.Storage;

/// <summary>Table muc.rooms: rooms that are unlocked, temporary ones too while somebody is in them.</summary>
internal sealed class RoomRow
{
    /// <summary>The room's bare JID; ordered by bytes, as RSM pages go.</summary>
    public required string Room { get; set; }

    public required string Name { get; set; }

    public bool IsPublic { get; set; }

    /// <summary>RoomConfiguration as JSON.</summary>
    public required string Configuration { get; set; }

    public required string Creator { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Subject as JSON, or null.</summary>
    public string? Subject { get; set; }

    /// <summary>Of the events about this room: microseconds at the commit, made to grow.</summary>
    public long Version { get; set; }
}
