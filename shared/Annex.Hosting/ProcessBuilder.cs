using System.Net;
using Annex.Contracts.Events.V1;
using Annex.Contracts.Status.V1;
using Annex.Hosting.Configuration;
using Annex.Hosting.Messaging;
using Annex.Hosting.Operations;
using Annex.Hosting.Web;
using Annex.Rpc;
using Annex.Xmpp.Addressing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Hosting;

/// <summary>What the services of one process share while they register themselves.</summary>
internal sealed class ProcessBuilder
{
    private readonly WebApplicationBuilder _web;
    private readonly OptionsReader _reader;
    private readonly List<(IConfigurationSection Section, object Options)> _read = [];
    private readonly HashSet<string> _inProcess;
    private readonly Dictionary<string, ServiceOptions> _serviceOptions = new(StringComparer.OrdinalIgnoreCase);

    public ProcessBuilder(WebApplicationBuilder web, IConfiguration configuration, AnnexOptions options,
        ConfigurationErrors errors, OptionsReader reader, IEnumerable<string> inProcess)
    {
        (_web, Configuration, Options, Errors, _reader) = (web, configuration, options, errors, reader);
        _inProcess = new HashSet<string>(inProcess, StringComparer.OrdinalIgnoreCase);
        Admins = ReadAdmins();
        // A process without a database loads nothing of the driver.
        if (!string.IsNullOrEmpty(options.Database))
            CheckDatabase();
    }

    public IServiceCollection Services => _web.Services;

    public IConfiguration Configuration { get; }

    public AnnexOptions Options { get; }

    public ConfigurationErrors Errors { get; }

    public EventTypes EventTypes { get; } = new();

    public Listeners Listeners { get; } = new();

    public IReadOnlySet<Jid> Admins { get; }

    public List<Action<IEndpointRouteBuilder>> OpsMaps { get; } = [OpsPages.Map, StatusPage.Map];

    /// <summary>Everything that was bound, for the check for unknown keys and for the options page.</summary>
    public IReadOnlyList<(IConfigurationSection Section, object Options)> ReadSections => _read;

    public bool IsInProcess(string service) => _inProcess.Contains(service);

    public void Read(IConfigurationSection section, object options)
    {
        _reader.Read(section, options);
        _read.Add((section, options));
    }

    /// <summary>The keys that every service's section has, with this service's default addresses.</summary>
    public ServiceOptions ReadServiceOptions(string service)
    {
        if (_serviceOptions.TryGetValue(service, out var known))
            return known;
        var options = new ServiceOptions();
        Read(Configuration.GetSection(service), options);
        if (options.Rpc.Listen.Length == 0)
            options.Rpc.Listen = DefaultPorts.Rpc(service);
        if (options.Http.Listen.Length == 0)
            options.Http.Listen = DefaultPorts.Http(service);
        if (options.Ops.Listen.Length == 0)
            options.Ops.Listen = DefaultPorts.Ops(service);
        return _serviceOptions[service] = options;
    }

    /// <summary>The operators' listener: services that share it share its token.</summary>
    public Listener AddOps(string service, OpsOptions options)
    {
        var listener = AddListener(ListenerKind.Ops, service, options.Listen, http: null);
        if (listener.Services.Count == 1)
            (listener.TokenText, listener.Token) = (options.Token, ReadToken($"{service}:Ops:Token", options.Token));
        else if ((listener.TokenText ?? "") != (options.Token ?? ""))
            Errors.Add($"{service}:Ops:Token", $"{options.Listen} is also {listener.Keys[0]}, with another token");
        return listener;
    }

    public Listener AddListener(ListenerKind kind, string service, string listen, HttpOptions? http) =>
        Listeners.Add(kind, service, listen, http, Errors);

    public static void MapEndpoints(Listener listener, List<Action<IEndpointRouteBuilder>> maps) =>
        listener.Branches.Add(branch => Listeners.MapEndpoints(branch, maps));

    public void AddRpc(string service, RpcOptions options, List<Action<IServiceProvider, RpcServiceMap>> maps)
    {
        var listener = AddListener(ListenerKind.Rpc, service, options.Listen, http: null);
        if (listener.Services.Count > 1)
            Errors.Add($"{service}:Rpc:Listen", $"{options.Listen} is also {listener.Keys[0]}");
        if (!listener.Address.IsLoopback && string.IsNullOrEmpty(options.Token))
            Errors.Add($"{service}:Rpc:Token", $"missing: {options.Listen} is not on loopback, so callers need a token");
        var token = ReadToken($"{service}:Rpc:Token", options.Token);
        Services.AddKeyedSingleton(service, (provider, _) =>
        {
            var map = new RpcServiceMap();
            foreach (var add in maps)
                add(provider, map);
            map.Add(ServiceStatus.BindService(new ServiceStatusRpc(service, provider)));
            if (provider.GetKeyedService<EventErrors>(service) is { } errors)
                map.Add(EventQueue.BindService(new EventQueueRpc(errors)));
            return map;
        });
        listener.Branches.Add(branch => branch.RunRpc(
            branch.ApplicationServices.GetRequiredKeyedService<RpcServiceMap>(service), new RpcServerOptions { Token = token }));
    }

    /// <summary>The other services, wherever they are.</summary>
    public RpcPeers CreatePeers(IServiceProvider provider)
    {
        var peers = new RpcPeers();
        foreach (var property in typeof(PeersOptions).GetProperties())
        {
            var name = property.Name;
            if (Listeners.Find(ListenerKind.Rpc, name) is not null)
                peers.AddInProcess(name, () => provider.GetRequiredKeyedService<RpcServiceMap>(name));
            else if (property.GetValue(Options.Peers) is Uri address)
                peers.AddRemote(name, RpcChannel.ForAddress(address.GetLeftPart(UriPartial.Authority),
                    new RpcChannelOptions { Token = PeerToken(name) }));
        }
        return peers;
    }

    /// <summary>A peer's token that cannot be used is found at start, not with the first call.</summary>
    public void CheckPeers()
    {
        foreach (var property in typeof(PeersOptions).GetProperties())
        {
            if (property.GetValue(Options.Peers) is not Uri address)
                continue;
            if (address.Scheme is not ("http" or "https") || address.PathAndQuery != "/")
                Errors.Add($"Peers:{property.Name}", $"'{address}' is not of the form http://host:port");
            else if (!IsInProcess(property.Name))
                PeerToken(property.Name);
        }
    }

    public IReadOnlySet<string> LocalDomainsOf(string service, string jid)
    {
        if (Options.LocalDomains.Count > 0)
            return Options.LocalDomains.Select(ReadDomain).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (!Jid.TryParse(jid, out var component))
            return new HashSet<string>();
        var dot = component.Domain.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && dot < component.Domain.Length - 1 && !IPAddress.TryParse(component.Domain, out _))
            return new HashSet<string>(StringComparer.Ordinal) { component.Domain[(dot + 1)..] };
        Errors.Add("LocalDomains", $"cannot be told from {service}:Component:Jid '{jid}'; name the domains of your users");
        return new HashSet<string>();
    }

    public NpgsqlDataSource CreateDataSource(string service, string schema, IServiceProvider provider)
    {
        var builder = new NpgsqlDataSourceBuilder(Options.Database);
        var connection = builder.ConnectionStringBuilder;
        connection.ApplicationName = $"annex-{service.ToLowerInvariant()}";
        connection.SearchPath = schema;
        connection.MaxPoolSize = Options.DatabaseConnections;
        if (connection.KeepAlive == 0)
            connection.KeepAlive = 30;
        builder.UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
        return builder.Build();
    }

    private RpcToken? PeerToken(string service)
    {
        var options = new RpcOptions();
        _reader.Read(Configuration.GetSection($"{service}:Rpc"), options);
        return ReadToken($"{service}:Rpc:Token", options.Token);
    }

    private RpcToken? ReadToken(string key, string? token)
    {
        try
        {
            return RpcToken.Load(token, tokenFile: null);
        }
        catch (FormatException e)
        {
            Errors.Add(key, e.Message);
            return null;
        }
    }

    private HashSet<Jid> ReadAdmins()
    {
        var admins = new HashSet<Jid>();
        foreach (var text in Options.Admins)
        {
            if (Jid.TryParse(text, out var jid) && jid is { HasLocal: true, Resource: null })
                admins.Add(jid);
            else
                Errors.Add("Admins", $"'{text}' is not a bare JID (user@domain)");
        }
        return admins;
    }

    private string? ReadDomain(string text)
    {
        if (Jid.TryParse(text, out var jid) && jid is { HasLocal: false, Resource: null })
            return jid.Domain;
        Errors.Add("LocalDomains", $"'{text}' is not a domain");
        return null;
    }

    private void CheckDatabase()
    {
        try
        {
            if (string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(Options.Database).Host))
                Errors.Add("Database", "Host is missing in the connection string");
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // The message names the keyword and never the value.
            Errors.Add("Database", $"not a connection string (Host=…;Username=…;Password=…;Database=…): {e.GetType().Name}");
        }
    }
}
