using System.Security.Cryptography;
using System.Text;
using Annex.Contracts.Turn.V1;
using Annex.Hosting;
using Annex.Rpc;
using Annex.TurnDiscovery.Consumers;
using Annex.TurnDiscovery.Credentials;
using Annex.TurnDiscovery.Handlers;
using Annex.TurnDiscovery.Health;
using Annex.TurnDiscovery.Http;
using Annex.TurnDiscovery.Rpc;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Services;
using Annex.Xmpp.Extensions.Version;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Annex.TurnDiscovery;

/// <summary>External service discovery (XEP-0215) for the STUN and TURN servers that operators run. No database and no bus.</summary>
public static class TurnDiscoveryService
{
    public const string Name = "TurnDiscovery";

    public static AnnexService Definition { get; } = new(Name, Configure);

    private static void Configure(AnnexServiceBuilder service)
    {
        var options = service.AddOptions<TurnDiscoveryOptions>();
        var (domains, admins) = (service.LocalDomains, service.Admins);
        var services = service.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<TurnMetrics>().AddSingleton<KnownBans>();
        services.AddSingleton(provider => CreateDesk(provider, options, domains));
        services.AddSingleton(provider => new HealthCommand(provider.GetRequiredService<ServiceDesk>(), admins));
        AddHealth(services, options);
        AddHandlers(service, options);
        service.AddFigure("servers_up",
            provider => provider.GetRequiredService<ServiceDesk>().Services.Count(s => s.Health.IsHealthy));
        service.AddFigure("delegations", provider => provider.GetRequiredService<DelegationWatch>().Delegating, "{domain}",
            "Domains whose server hands requests on to us (XEP-0355).");
        service.AddRpc((provider, map) => map.Add(
            TurnCredentials.BindService(new TurnCredentialsRpc(provider.GetRequiredService<ServiceDesk>(), provider.GetRequiredService<HealthMonitor>()))));
        if (!string.IsNullOrEmpty(options.Rest.Key))
        {
            service.AddHttp(endpoints =>
            {
                var provider = endpoints.ServiceProvider;
                var endpoint = new TurnRestEndpoint(provider.GetRequiredService<ServiceDesk>(), options.Rest,
                    provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<TurnMetrics>());
                endpoints.MapMethods(options.Rest.Path, ["GET", "POST"], endpoint.HandleAsync);
            });
        }
    }

    private static void AddHandlers(AnnexServiceBuilder service, TurnDiscoveryOptions options)
    {
        var services = service.Services;
        services.AddSingleton(provider => new ServicePushes(provider.GetRequiredService<ServiceDesk>(), Connection(provider),
            options.Limits, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ExtDiscoHandler>();
        services.AddSingleton(provider => new DelegationWatch(Connection(provider), options, service.LocalDomains,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DelegationWatch>>()));
        service.AddComponent(AddRoutes);
        services.AddHostedService(provider => provider.GetRequiredService<DelegationWatch>());
        services.AddHostedService<PushService>();
        services.AddHostedService(provider => new BanWatcher(provider.GetRequiredService<RpcPeers>(),
            provider.GetRequiredService<KnownBans>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BanWatcher>>(), provider.GetRequiredService<ServiceDesk>().Forget));
        services.AddHostedService<StartNotice>();
    }

    private static void AddHealth(IServiceCollection services, TurnDiscoveryOptions options)
    {
        services.AddSingleton(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            return new HealthMonitor(provider.GetRequiredService<ServiceDesk>(), options.Health,
                new ServerCheck(options.Health, time).RunAsync, time, provider.GetRequiredService<ILogger<HealthMonitor>>());
        });
        services.AddHostedService(provider => provider.GetRequiredService<HealthMonitor>());
    }

    private static ServiceDesk CreateDesk(IServiceProvider provider, TurnDiscoveryOptions options, IReadOnlySet<string> domains)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var desk = new ServiceDesk(options, new CredentialIssuer(time, new Pseudonyms(PseudonymKey(options))),
            new RequestLimiter(options.Limits, time), provider.GetRequiredService<KnownBans>(), domains);
        provider.GetRequiredService<TurnMetrics>().Watch(desk);
        return desk;
    }

    /// <summary>The same after a restart, so that a user keeps the pseudonym. Without any secret no pseudonym is given out.</summary>
    private static byte[] PseudonymKey(TurnDiscoveryOptions options)
    {
        if (!string.IsNullOrEmpty(options.PseudonymKey))
            return Encoding.UTF8.GetBytes(options.PseudonymKey);
        var secret = options.Secrets.Concat(options.Services.SelectMany(s => s.Secrets)).FirstOrDefault();
        return secret?.Secret is { Length: > 0 } text
            ? new TurnSecret(text, null).Derive("annex pseudonyms") : RandomNumberGenerator.GetBytes(32);
    }

    private static void AddRoutes(IServiceProvider provider, StanzaRouter router)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var options = provider.GetRequiredService<TurnDiscoveryOptions>();
        provider.GetRequiredService<ExtDiscoHandler>().Register(router);
        provider.GetRequiredService<ServicePushes>().Register(router);
        provider.GetRequiredService<DelegationWatch>().Register(router);
        var version = typeof(TurnDiscoveryService).Assembly.GetName().Version?.ToString(3) ?? "0";
        var basics = new ServiceBasics(time, new SoftwareVersion("Annex TURN discovery", version))
        {
            Commands = new CommandTable(time).Add(provider.GetRequiredService<HealthCommand>().Command),
            NodeInfo = (node, _) => ExtDiscoHandler.NodeInfo(node),
        };
        basics.Identities.Add(new Identity("component", "generic", options.Name));
        basics.Register(router);
    }

    private static ComponentConnection Connection(IServiceProvider provider) =>
        provider.GetRequiredKeyedService<ComponentConnection>(Name);
}
