namespace Annex.Muc.Storage;

/// <summary>Table muc.bans: who is banned from the whole service.</summary>
internal sealed class BanRow
{
    /// <summary>Bare JID or domain.</summary>
    public required string Subject { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset? Until { get; set; }

    public DateTimeOffset AddedAt { get; set; }

    public required string AddedBy { get; set; }
}
