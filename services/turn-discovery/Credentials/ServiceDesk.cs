using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.TurnDiscovery.Credentials;

/// <summary>What a user is told: the one place that knows who may ask, how often, and what is up. XMPP, gRPC and HTTP ask here.
/// </summary>
public sealed class ServiceDesk
{
    /// <summary>More than any client names in one request for credentials.</summary>
    public const int MaxAsked = 20;

    private readonly TurnDiscoveryOptions _options;
    private readonly CredentialIssuer _issuer;
    private readonly RequestLimiter _limiter;
    private readonly KnownBans _bans;
    private readonly IReadOnlySet<string> _domains;
    private readonly ServiceOrder _order;
    private readonly Dictionary<string, string> _regions = new(StringComparer.Ordinal);

    /// <param name="domains">Whose users are served.</param>
    public ServiceDesk(TurnDiscoveryOptions options, CredentialIssuer issuer, RequestLimiter limiter, KnownBans bans,
        IReadOnlySet<string> domains, ServiceOrder? order = null)
    {
        _options = options;
        _issuer = issuer;
        _limiter = limiter;
        _bans = bans;
        _domains = domains;
        _order = order ?? new ServiceOrder();
        Services = [.. options.Services.Select(s => new ExternalService(s, options))];
        foreach (var (region, members) in options.Regions)
        {
            foreach (var domain in members.Domains)
                _regions[domain] = region;
        }
    }

    /// <summary>All that is configured, in the order of the configuration.</summary>
    public IReadOnlyList<ExternalService> Services { get; }

    public bool IsServed(string domain) => _domains.Contains(domain);

    /// <summary>Whether this sender may ask at all: a user (not a server or component) of a domain that we serve, and not banned.
    /// </summary>
    public StanzaError? Refusal(Jid from)
    {
        if (!from.HasLocal || !_domains.Contains(from.Domain))
            return TurnErrors.NotOurUser;
        return _bans.IsBanned(from) ? TurnErrors.Banned : null;
    }

    /// <summary>The user's account is gone: how often it asked is all that is kept of it here.</summary>
    public void Forget(string user) => _limiter.Forget(user);

    public Requester RequesterOf(Jid user) => new(user.Bare.ToString(), _regions.GetValueOrDefault(user.Domain));

    /// <summary>XEP-0215 §3.1, §3.2.</summary>
    /// <param name="type">Null: all.</param>
    public IReadOnlyList<OfferedService>? List(Requester requester, string? type, out StanzaError? error)
    {
        error = null;
        if (!_limiter.TryTake(requester.User))
        {
            error = TurnErrors.TooOften;
            return null;
        }
        var asked = 0;
        var hasTurn = false;
        var lostTurn = false;
        var up = new List<ExternalService>(Services.Count);
        foreach (var service in Services)
        {
            if (type is not null && service.Type != type)
                continue;
            asked++;
            if (service.Health.IsHealthy)
                up.Add(service);
            hasTurn |= service.IsTurn && service.Health.IsHealthy;
            lostTurn |= service.IsTurn && !service.Health.IsHealthy;
        }
        // Never an empty success by accident, and no list without TURN as if there were none.
        if ((up.Count == 0 && (asked > 0 || Services.Count == 0)) || (lostTurn && !hasTurn && _options.WhenNoneLeft == NoneLeft.Error))
        {
            error = TurnErrors.NoneLeft;
            return null;
        }
        return Offer(_order.Sort(up, requester.Region), requester, _options.MaxServices);
    }

    /// <summary>XEP-0215 §3.3. What is found is answered; an error only where nothing is.</summary>
    public IReadOnlyList<OfferedService>? Credentials(Requester requester, IReadOnlyList<AskedService> asked, out StanzaError? error)
    {
        error = null;
        if (!_limiter.TryTake(requester.User))
        {
            error = TurnErrors.TooOften;
            return null;
        }
        var found = new List<ExternalService>();
        var isDown = false;
        foreach (var one in asked)
        {
            foreach (var service in Services)
            {
                if (!one.IsMeant(service) || found.Contains(service))
                    continue;
                if (service.Health.IsHealthy)
                    found.Add(service);
                else
                    isDown = true;
            }
        }
        if (found.Count > 0)
            return Offer(found, requester, int.MaxValue);
        error = isDown ? TurnErrors.IsDown : TurnErrors.UnknownService;
        return null;
    }

    /// <summary>One service for one user, without a limit: for what we send unasked.</summary>
    public OfferedService Offer(ExternalService service, Requester requester) =>
        new(service, _issuer.Issue(service, requester.User));

    private List<OfferedService> Offer(List<ExternalService> services, Requester requester, int most)
    {
        var offered = new List<OfferedService>(Math.Min(services.Count, most));
        for (var i = 0; i < services.Count && i < most; i++)
            offered.Add(Offer(services[i], requester));
        return offered;
    }
}
