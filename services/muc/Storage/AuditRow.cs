namespace Annex.Muc.Storage;

/// <summary>Table muc.audit: what was done, by whom, to whom. It outlives the room.</summary>
internal sealed class AuditRow
{
    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>Null: it concerns the service.</summary>
    public string? Room { get; set; }

    public required string Actor { get; set; }

    public required string Action { get; set; }

    public string? Target { get; set; }

    public string? Reason { get; set; }

    /// <summary>JSON.</summary>
    public string? Details { get; set; }
}
