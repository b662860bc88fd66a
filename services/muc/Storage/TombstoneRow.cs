namespace Annex.Muc.Storage;

/// <summary>Table muc.tombstones: where destroyed rooms were (XEP-0045 §10.9).</summary>
internal sealed class TombstoneRow
{
    public required string Room { get; set; }

    public required string DestroyedBy { get; set; }

    public string? Alternate { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset At { get; set; }

    public DateTimeOffset Until { get; set; }
}
