using System.ComponentModel.DataAnnotations;

namespace Annex.Search;

/// <summary>How rooms of other services are found. Without a seed nobody is asked.</summary>
public sealed class CrawlerOptions
{
    /// <summary>Domains to begin with: MUC services, or servers whose items name one. None: no crawling.</summary>
    public string[] Seeds { get; set; } = [];

    /// <summary>Whether the MUC services that a known server names (its own subdomains) are visited too.</summary>
    public bool FollowServers { get; set; } = true;

    /// <summary>Whether an invitation to a room makes its service known. The room is not joined; it is listed if it is public.</summary>
    public bool FollowInvitations { get; set; } = true;

    /// <summary>Domains that are never asked nor listed; each goes for its subdomains too.</summary>
    public string[] Blocked { get; set; } = [];

    /// <summary>Domains that are known at most.</summary>
    [Range(1, 1_000_000)]
    public int MaxDomains { get; set; } = 20_000;

    /// <summary>Services that are visited at the same time. Each is asked one thing at a time.</summary>
    [Range(1, 256)]
    public int Workers { get; set; } = 8;

    /// <summary>Between a visit and the next of the same service.</summary>
    public TimeSpan VisitInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Between visits of what is no MUC service.</summary>
    public TimeSpan OtherInterval { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Between two questions to one service, half as much more or less by chance.</summary>
    public TimeSpan RequestInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Questions a second, to all services together.</summary>
    [Range(1, 10_000)]
    public int MaxRequestsPerSecond { get; set; } = 50;

    /// <summary>How long an answer is waited for.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long one visit may take. What was not reached is reached the next time.</summary>
    public TimeSpan MaxVisit { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Rooms of one service at most.</summary>
    [Range(1, 100_000)]
    public int MaxRoomsPerDomain { get; set; } = 2_000;

    /// <summary>A room that was not seen for so long is gone.</summary>
    public TimeSpan RoomExpiry { get; set; } = TimeSpan.FromDays(2);

    /// <summary>A service that was not seen for so long is forgotten with all its rooms.</summary>
    public TimeSpan DomainExpiry { get; set; } = TimeSpan.FromDays(7);

    internal bool IsBlocked(string domain) => Blocked.Any(b =>
        domain.Equals(b, StringComparison.OrdinalIgnoreCase) || domain.EndsWith("." + b, StringComparison.OrdinalIgnoreCase));
}
