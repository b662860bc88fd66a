namespace Annex.Muc.Storage;

/// <summary>Which lines of the audit log. Null or empty: any; a limit of 0 is the service's own.</summary>
internal sealed record AuditQuery
{
    public string? Room { get; init; }

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public string? Actor { get; init; }

    public string? Action { get; init; }

    public string? Target { get; init; }

    public int Limit { get; init; }
}
