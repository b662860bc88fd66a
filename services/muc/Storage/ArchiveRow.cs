namespace Annex.Muc.Storage;

/// <summary>Table muc.archives: one room's messages. A destroyed room leaves its archive without a name, for the sweep to take
/// away; a room made at the same address begins a new one.</summary>
internal sealed class ArchiveRow
{
    public long Id { get; set; }

    public string? Room { get; set; }

    public DateTimeOffset? RemovedAt { get; set; }
}
