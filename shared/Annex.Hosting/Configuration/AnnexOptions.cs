namespace Annex.Hosting.Configuration;

/// <summary>The keys that stand outside the services' own sections; the same for one process and for five.</summary>
public sealed class AnnexOptions
{
    /// <summary>Connection string of PostgreSQL 15 or newer (`Host=…;Username=…;Password=…;Database=…`). Each service keeps to a
    /// schema of its own. Needed by every service but TurnDiscovery.</summary>
    [Secret]
    public string? Database { get; set; }

    /// <summary>A file whose first line is the connection string.</summary>
    public string? DatabaseFile { get; set; }

    /// <summary>Connections to PostgreSQL that one service of one process opens at most.</summary>
    [System.ComponentModel.DataAnnotations.Range(4, 1000)]
    public int DatabaseConnections { get; set; } = 32;

    /// <summary>Domains whose users count as one's own. Default: the parent domain of each component's JID
    /// (`muc.example.org` gives `example.org`).</summary>
    public IReadOnlyList<string> LocalDomains { get; set; } = [];

    /// <summary>Bare JIDs of the operators.</summary>
    public IReadOnlyList<string> Admins { get; set; } = [];

    public BusOptions Bus { get; set; } = new();

    public PeersOptions Peers { get; set; } = new();

    public ObservabilityOptions Observability { get; set; } = new();

    public LogOptions Logging { get; set; } = new();
}
