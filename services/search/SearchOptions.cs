using System.ComponentModel.DataAnnotations;
using Annex.Search.Index;

namespace Annex.Search;

/// <summary>Section Search of the configuration.</summary>
public sealed class SearchOptions
{
    /// <summary>Rooms of one page of results at most.</summary>
    [Range(1, 500)]
    public int MaxPageSize { get; set; } = 100;

    /// <summary>Rooms of a page where the one who asks names no number.</summary>
    [Range(1, 500)]
    public int DefaultPageSize { get; set; } = 50;

    /// <summary>Whether everything may be listed by asking for all (XEP-0433).</summary>
    public bool AllowFullList { get; set; } = true;

    /// <summary>Whether rooms with a password or for members only are listed, as closed, where they are public.</summary>
    public bool ListClosedRooms { get; set; }

    /// <summary>Characters of a query at most.</summary>
    [Range(16, 10_000)]
    public int MaxQueryLength { get; set; } = 1024;

    /// <summary>Words and phrases of a query at most.</summary>
    [Range(1, 32)]
    public int MaxTerms { get; set; } = 8;

    /// <summary>Letters of the shortest word that is looked for.</summary>
    [Range(1, 10)]
    public int MinTermLength { get; set; } = 2;

    /// <summary>Queries of one user in ten seconds, over XMPP.</summary>
    [Range(1, 10_000)]
    public int MaxQueriesPerUser { get; set; } = 20;

    /// <summary>Queries of all users of one domain that is not ours, in ten seconds, over XMPP.</summary>
    [Range(1, 100_000)]
    public int MaxQueriesPerDomain { get; set; } = 200;

    /// <summary>Name of the directory on its pages.</summary>
    [Required, MaxLength(64)]
    public string Title { get; set; } = "Room directory";

    /// <summary>Where abuse is reported: a URI (mailto:, xmpp: or https:).</summary>
    public string? AbuseContact { get; set; }

    /// <summary>Requests of one address (an IPv4 address or an IPv6 /64) in ten seconds, over HTTP.</summary>
    [Range(1, 100_000)]
    public int MaxRequestsPerAddress { get; set; } = 100;

    /// <summary>Whether queries are answered from a copy of the index in memory, about 2 kB a room. The database can answer all
    /// by itself, more slowly.</summary>
    public bool IndexInMemory { get; set; } = true;

    /// <summary>With more rooms than this there is no copy in memory.</summary>
    [Range(0, 10_000_000)]
    public int MaxRoomsInMemory { get; set; } = 500_000;

    /// <summary>How often the index is compared with muc, to find what an event that was lost would have told.</summary>
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromMinutes(1);

    public CrawlerOptions Crawler { get; set; } = new();

    /// <summary>The service's own JID, for its pages. Set from the component's.</summary>
    internal string Address { get; set; } = "";

    internal SearchLimits Limits =>
        new() { MaxQueryLength = MaxQueryLength, MaxTerms = MaxTerms, MinTermLength = MinTermLength };
}
