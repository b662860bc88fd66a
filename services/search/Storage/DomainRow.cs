namespace Annex.Search.Storage;

/// <summary>A domain that the crawler knows.</summary>
public sealed class DomainRow
{
    public required string Domain { get; set; }

    /// <summary>unknown, muc, server, gateway or other.</summary>
    public required string Kind { get; set; }

    /// <summary>Where it was named: seed, or the domain whose items it was in.</summary>
    public required string Origin { get; set; }

    public string? Software { get; set; }

    public string[] AbuseContacts { get; set; } = [];

    public DateTimeOffset FirstSeen { get; set; }

    public DateTimeOffset? LastSeen { get; set; }

    public DateTimeOffset NextVisit { get; set; }

    public int Failures { get; set; }

    public string? LastError { get; set; }
}
