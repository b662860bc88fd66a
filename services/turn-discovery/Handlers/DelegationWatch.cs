using System.Collections.Concurrent;
using Annex.TurnDiscovery.Credentials;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Delegation;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Annex.TurnDiscovery.Handlers;

/// <summary>
/// Looks whether the domains that delegated to us still advertise it. On ejabberd the end of any connection of the component
/// removes the delegation for all of them, and only a new connection brings it back: the survivor reconnects.
/// </summary>
/// <param name="domains">That may delegate to us. What they say to us may reach another instance (ejabberd balances), so each is
/// asked whether or not it has said anything.</param>
public sealed class DelegationWatch(ComponentConnection connection, TurnDiscoveryOptions options, IReadOnlySet<string> domains,
    TimeProvider time, ILogger<DelegationWatch> logger) : BackgroundService
{
    /// <summary>Between two such reconnections: should the server refuse us for good, it is not stormed.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);

    /// <summary>To the second look, where the first found nothing.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<string, DomainState> _domains =
        domains.ToDictionary(d => d, _ => new DomainState(), StringComparer.Ordinal);

    private bool IsInDoubt => _domains.Values.Any(state => state.Misses > 0);

    /// <summary>How many domains said, on the present connection, that they delegate to us.</summary>
    public int Delegating => _domains.Values.Count(d => d.IsDelegating);

    public void Register(StanzaRouter router)
    {
        connection.Changed += report =>
        {
            if (report.State == LinkState.Up)
                return;
            foreach (var state in _domains.Values)
                state.IsDelegating = false;
        };
        foreach (var ns in DelegationNode.Versions)
            router.OnMessage(ns, "delegation", TakeMessage);
    }

    /// <summary>One round over all domains.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        foreach (var (domain, state) in _domains)
        {
            if (!connection.IsConnected || await IsAdvertisedAsync(domain, cancellationToken) is not { } isAdvertised)
                continue;
            if (isAdvertised)
            {
                (state.WasAdvertised, state.Misses) = (true, 0);
                continue;
            }
            // Twice, and only where it was there once: another instance may be connecting in this moment.
            if (!state.WasAdvertised || ++state.Misses < 2 || time.GetElapsedTime(state.ReconnectedAt) < Rest)
                continue;
            (state.Misses, state.ReconnectedAt) = (0, time.GetTimestamp());
            Log.DelegationLost(logger, domain);
            connection.Drop($"{domain} does not delegate any more");
            return;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.DelegationCheck <= TimeSpan.Zero)
            return;
        try
        {
            while (true)
            {
                // Jitter: two survivors do not reconnect in turn, each undoing the other's delegation.
                var pause = IsInDoubt && Doubt < options.DelegationCheck ? Doubt : options.DelegationCheck;
                await Task.Delay(pause * (0.6 + Random.Shared.NextDouble() * 0.4), time, stoppingToken);
                await CheckAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private void TakeMessage(in StanzaContext context)
    {
        var stanza = context.Stanza;
        if (stanza.From is not { HasLocal: false, IsBare: true } server || stanza.Type == StanzaType.Error
            || !_domains.TryGetValue(server.Domain, out var state))
            return;
        foreach (var delegated in DelegatedNamespace.Read(stanza.ToElement()))
        {
            if (!ExtDisco.IsVersion(delegated.Namespace))
                continue;
            (state.WasAdvertised, state.IsDelegating) = (true, true);
            if (state.Told.TryAdd(delegated.Namespace, true))
                Log.Delegated(logger, server.Domain, delegated.Namespace);
        }
    }

    /// <summary>Null where the server did not say.</summary>
    private async Task<bool?> IsAdvertisedAsync(string domain, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await connection.Iqs.AskAsync(Jid.Parse(domain), StanzaType.Get, new Element("query", DiscoInfo.Namespace),
                options.DelegationCheck, cancellationToken: cancellationToken);
            return DiscoInfo.Read(reply.Child("query", DiscoInfo.Namespace)) is { } info && reply["type"] == "result"
                ? info.Has(ExtDisco.Current) || info.Has(ExtDisco.Old) : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private sealed class DomainState
    {
        public ConcurrentDictionary<string, bool> Told { get; } = new();

        public bool IsDelegating { get; set; }

        public bool WasAdvertised { get; set; }

        public int Misses { get; set; }

        public long ReconnectedAt { get; set; }
    }
}
