using Annex.Xmpp.Addressing;

namespace Annex.Search.Handlers;

/// <summary>How often one user and one domain may ask (buckets that fill over ten seconds). Bounded: when too many are
/// remembered, those that are full again are forgotten.</summary>
public sealed class QueryLimiter(TimeProvider time, SearchOptions options, IReadOnlySet<string> localDomains)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly RateLimiter _users = new(time, options.MaxQueriesPerUser, Window);
    private readonly RateLimiter _domains = new(time, options.MaxQueriesPerDomain, Window);

    public bool TryTake(Jid from, out TimeSpan retryAfter) =>
        _users.TryTake(from.Bare.ToString(), out retryAfter)
        && (localDomains.Contains(from.Domain) || _domains.TryTake(from.Domain, out retryAfter));

    /// <summary>Whether anything is kept of how often this account asked.</summary>
    public bool Knows(Jid account) => _users.Knows(account.Bare.ToString());

    /// <summary>The account is gone.</summary>
    public void Forget(Jid account) => _users.Forget(account.Bare.ToString());
}
