namespace Annex.Muc.Storage;

/// <summary>Table muc.archives: one room's messages. A destroyed room leaves its archive without a name, for the sweep to take
/// away; a room made at the same address begins a new one.</summary>
internal sealed class ArchiveRow
{
    public long Id { get; set; }

    public string? Room { get; set; }

    public DateTimeOffset? RemovedAt { get; set; }

    /// <summary>Number of the last message whose bytes are in <see cref="Bytes"/>: the sweep counts, the committer does not.</summary>
    public long Counted { get; set; }

    /// <summary>Bytes of the messages up to <see cref="Counted"/> that are still there.</summary>
    public long Bytes { get; set; }

    /// <summary>Number of the last message whose words stand in muc.texts.</summary>
    public long Indexed { get; set; }
}
