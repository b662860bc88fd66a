namespace Annex.Muc.Storage;

/// <summary>Table muc.mutes: who has no voice in a room, and until when.</summary>
internal sealed class MuteRow
{
    public required string Room { get; set; }

    /// <summary>Bare JID.</summary>
    public required string Subject { get; set; }

    public DateTimeOffset? Until { get; set; }

    public string? Reason { get; set; }

    /// <summary>Bare JID, or a word of AuditActors.</summary>
    public required string MutedBy { get; set; }

    public DateTimeOffset MutedAt { get; set; }
}
