using Annex.Muc.Rooms;

namespace Annex.Muc.Storage;

/// <summary>Table muc.affiliations.</summary>
internal sealed class AffiliationRow
{
    public required string Room { get; set; }

    /// <summary>A bare JID or a domain.</summary>
    public required string Subject { get; set; }

    public Affiliation Affiliation { get; set; }

    public string? Nick { get; set; }

    public string? Reason { get; set; }

    /// <summary>Bare JID of who set it, for the audit.</summary>
    public string? ChangedBy { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>When a ban ends by itself; null: when it is lifted.</summary>
    public DateTimeOffset? Until { get; set; }
}
