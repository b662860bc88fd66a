using Annex.Hosting.Components;
using Annex.Hosting.Configuration;
using Annex.Hosting.Messaging;
using Annex.Hosting.Operations;
using Annex.Hosting.Storage;
using Annex.Hosting.Web;
using Annex.Rpc;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Hosting;

/// <summary>What a service is given to register itself with. Several services of one process share the container.</summary>
public sealed class AnnexServiceBuilder
{
    /// <summary>Between two comparisons of bans: a lost event is rare, and an operator waits no longer than this.</summary>
    private static readonly TimeSpan BansInterval = TimeSpan.FromMinutes(1);

    private readonly ProcessBuilder _process;
    private readonly ServiceOptions _options;
    private Listener? _http;
    private List<Action<IEndpointRouteBuilder>>? _httpMaps;
    private List<Action<IServiceProvider, RpcServiceMap>>? _rpcMaps;

    internal AnnexServiceBuilder(string name, ProcessBuilder process, ServiceOptions options)
    {
        Name = name;
        _process = process;
        _options = options;
        Section = process.Configuration.GetSection(name);
        LocalDomains = process.LocalDomainsOf(name, options.Component.Jid);
        Services.AddSingleton(new ServiceFacts(name, options, LocalDomains));
    }

    public string Name { get; }

    /// <summary>Of its database, after AddDatabase.</summary>
    internal string? Schema { get; set; }

    internal ProcessBuilder Process => _process;

    /// <summary>The process's container: what another service may have as well is registered keyed by <see cref="Name"/>.</summary>
    public IServiceCollection Services => _process.Services;

    public IConfiguration Configuration => _process.Configuration;

    /// <summary>The service's own section.</summary>
    public IConfigurationSection Section { get; }

    /// <summary>The domains whose users count as ours: LocalDomains, by default the parent domain of the component's JID.</summary>
    public IReadOnlySet<string> LocalDomains { get; }

    /// <summary>Bare JIDs of the operators.</summary>
    public IReadOnlySet<Jid> Admins => _process.Admins;

    /// <summary>The users' listener as configured. Its PublicUrl may be null: <see cref="PublicUrl"/> never is.</summary>
    public HttpOptions Http => _options.Http;

    /// <summary>Under which users reach the service's pages: Http:PublicUrl, or else the listener's own address.</summary>
    public Uri PublicUrl => _options.Http.PublicUrl ?? (ListenAddress.TryParse(_options.Http.Listen, out var address)
        ? new Uri($"{(string.IsNullOrEmpty(_options.Http.Certificate) ? "http" : "https")}://{Reachable(address)}")
        : new Uri("http://127.0.0.1"));

    /// <summary>Whether that service runs in this process too.</summary>
    public bool IsInProcess(string otherService) => _process.IsInProcess(otherService);

    /// <summary>Binds the section, checks DataAnnotations and IValidatableObject, registers the result as a singleton. Wrong keys
    /// are collected and stop the start, one line each; the values returned then are not used.</summary>
    public TOptions AddOptions<TOptions>() where TOptions : class, new()
    {
        var options = new TOptions();
        _process.Read(Section, options);
        Services.AddSingleton(options);
        return options;
    }

    /// <summary>Tells that an option is wrong, in the terms of the operator; the start stops.</summary>
    /// <param name="key">Without the service's name.</param>
    public void AddError(string key, string problem) => _process.Errors.Add($"{Name}:{key}", problem);

    /// <summary>The service's component (ComponentConnection keyed by <see cref="Name"/>), connected when the process has started
    /// and, after <see cref="AddLease"/>, when the lease is held.</summary>
    /// <param name="beforeConnect">Runs before the first handshake, with the lease: loads what the component owns. It has to wait
    /// for what it needs: an exception ends the process.</param>
    public void AddComponent(Action<IServiceProvider, StanzaRouter> routes,
        Func<IServiceProvider, CancellationToken, Task>? beforeConnect = null)
    {
        ComponentRegistration.Validate(_options.Component, AddError);
        ComponentRegistration.Add(Services, Name, _options.Component, routes, beforeConnect);
    }

    /// <summary>One process at a time owns what this service is the owner of (a component's address and its rooms): Lease, keyed by
    /// <see cref="Name"/>. The component's handshake and the events wait for it.</summary>
    /// <param name="name">What is owned; by default the component's JID.</param>
    public void AddLease(string? name = null)
    {
        var schema = Schema ?? throw new InvalidOperationException("AddLease comes after AddDatabase.");
        var lease = new Lease(schema, name ?? _options.Component.Jid);
        Services.AddKeyedSingleton(Name, lease);
        Services.AddSingleton<IHostedService>(provider => new LeaseKeeper(
            lease, provider.GetRequiredKeyedService<NpgsqlDataSource>(Name), _options.Lease,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<ILogger<LeaseKeeper>>()));
        AddHealth("lease", _ => new LeaseHealth(lease));
    }

    /// <summary>A consumer of an event, with the database of this service.</summary>
    public void AddConsumer<TConsumer, TEvent>() where TConsumer : class, IEventConsumer<TEvent> where TEvent : class
    {
        if (Schema is null)
            throw new InvalidOperationException("AddConsumer comes after AddDatabase: what was consumed is remembered there.");
        Services.TryAddTransient<TConsumer>();
        Services.AddSingleton(new ConsumerRegistration(Name, typeof(TConsumer).Name, _process.EventTypes.Add<TEvent>(),
            (provider, @event, scope, cancellationToken) => provider.GetRequiredService<TConsumer>()
                .ConsumeAsync((TEvent)@event, scope, cancellationToken)));
    }

    /// <summary>Several processes of this service share its events, in no certain order. Without it one process at a time gets them,
    /// in the order of their origin.</summary>
    public void ShareEvents() => Services.AddSingleton(new CompetingConsumers(Name));

    /// <summary>BanReconciler, keyed by <see cref="Name"/>, for a service that keeps the service-wide bans in a table bans
    /// (subject, until) of its schema by consumers of UserBanned and UserUnbanned.</summary>
    public void AddBanReconciler()
    {
        var schema = Schema ?? throw new InvalidOperationException("AddBanReconciler comes after AddDatabase.");
        Services.AddKeyedSingleton(Name, (provider, _) => new BanReconciler(Name, schema, provider));
    }

    /// <summary>As <see cref="AddBanReconciler"/>; it runs at start and then regularly.</summary>
    public void ReconcileBans()
    {
        AddBanReconciler();
        Services.AddSingleton<IHostedService>(provider =>
        {
            var reconciler = provider.GetRequiredKeyedService<BanReconciler>(Name);
            var logger = provider.GetRequiredService<ILogger<BanReconciler>>();
            return new ReconcileLoop(async cancellationToken =>
            {
                var mended = await reconciler.RunAsync(cancellationToken);
                if (mended > 0)
                    Log.BansMended(logger, Name, mended.Value);
                return mended is not null;
            }, BansInterval, provider.GetRequiredService<HealthCheckService>(), provider.GetRequiredService<TimeProvider>(), problem =>
            {
                if (problem is null)
                    Log.BansCompared(logger, Name);
                else
                    Log.BansNotCompared(logger, Name, problem);
            });
        });
    }

    /// <summary>Endpoints on the users' listener (Http:Listen), never on another.</summary>
    public void AddHttp(Action<IEndpointRouteBuilder> map)
    {
        if (_httpMaps is null)
        {
            _httpMaps = [];
            _http = _process.AddListener(ListenerKind.Http, Name, _options.Http.Listen, _options.Http);
            ProcessBuilder.MapEndpoints(_http, _httpMaps);
        }
        _httpMaps.Add(map);
    }

    /// <summary>Contracts on the listener for calls (Rpc:Listen), and for services of the same process.</summary>
    public void AddRpc(Action<IServiceProvider, RpcServiceMap> map)
    {
        if (_rpcMaps is null)
        {
            _rpcMaps = [];
            _process.AddRpc(Name, _options.Rpc, _rpcMaps);
        }
        _rpcMaps.Add(map);
    }

    /// <summary>Endpoints on Ops:Listen, for operators only.</summary>
    public void AddOps(Action<IEndpointRouteBuilder> map) => _process.OpsMaps.Add(map);

    /// <summary>A line of /health/ready, named <c>Service:name</c>.</summary>
    public void AddHealth(string name, Func<IServiceProvider, IHealthCheck> create) => Services.AddHealthChecks().Add(
        new HealthCheckRegistration($"{Name}:{name}", create, failureStatus: null, tags: ["ready", Name]));

    /// <summary>A number that people look at, on the status page and in annex.status.v1. Read often, so from memory.</summary>
    /// <param name="name">A word such as <c>rooms</c>; further ones after an underscore.</param>
    /// <param name="description">With it, it is also the gauge <c>annex.&lt;service&gt;.&lt;name&gt;</c>.</param>
    public void AddFigure(
        string name, Func<IServiceProvider, double> read, string? unit = null, string? description = null) =>
        Services.AddSingleton(provider => new ServiceFigure(Name, name, () => read(provider), unit, description));

    private static string Reachable(ListenAddress address) =>
        address.Address.Equals(System.Net.IPAddress.Any) || address.Address.Equals(System.Net.IPAddress.IPv6Any)
            ? $"127.0.0.1:{address.Port}" : address.ToString();
}
