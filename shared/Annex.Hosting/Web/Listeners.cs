using System.Net;
using Annex.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Annex.Hosting.Web;

/// <summary>All listeners of the process. Each connection is tagged with the one that accepted it, and so finds its branch.</summary>
internal sealed class Listeners
{
    private readonly List<Listener> _all = [];

    public IReadOnlyList<Listener> All => _all;

    /// <summary>The listener at this address, new or shared with another service.</summary>
    public Listener Add(ListenerKind kind, string service, string listen, HttpOptions? http, ConfigurationErrors errors)
    {
        var key = $"{service}:{kind}:Listen";
        if (!ListenAddress.TryParse(listen, out var address))
        {
            // The reader has told of it already.
            address = new ListenAddress(IPAddress.Loopback, 0);
        }
        var listener = address.Port == 0 ? null : _all.Find(l => l.Address.Port == address.Port && Overlap(l.Address, address));
        if (listener is null)
        {
            listener = new Listener(kind, address, http);
            _all.Add(listener);
        }
        else if (listener.Kind != kind)
            errors.Add(key, $"{address} is also {listener.Keys[0]}; users, services and operators need ports of their own");
        else if (listener.Address != address)
            errors.Add(key, $"{address} overlaps with {listener.Address} of {listener.Keys[0]}");
        else if (!HasSameHttp(listener.Http, http))
            errors.Add(key, $"{address} is also {listener.Keys[0]}, with another Certificate or other TrustedProxies");
        listener.Services.Add(service);
        if (!listener.Keys.Contains(key))
            listener.Keys.Add(key);
        return listener;
    }

    public Listener? Find(ListenerKind kind, string service) =>
        _all.Find(l => l.Kind == kind && l.Services.Contains(service));

    public void Listen(KestrelServerOptions kestrel, IServiceProvider services)
    {
        kestrel.AddServerHeader = false;
        // Uploads lift the limit for their own requests; nothing else takes more.
        kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
        // Two pieces of a file on its way out: with smaller ones a thread is woken so often that it shows.
        kestrel.Limits.MaxResponseBufferSize = 128 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Limits.MaxConcurrentConnections = 20_000;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 256;
        foreach (var listener in _all)
            kestrel.Listen(listener.Address.Address, listener.Address.Port, options => Listen(options, listener, services));
    }

    /// <summary>Builds each listener's own pipeline, and the one line that chooses between them.</summary>
    public void Map(WebApplication app)
    {
        foreach (var listener in _all)
        {
            // Not app.New(): that would share the application's endpoints between the branches.
            var branch = new ApplicationBuilder(app.Services);
            branch.UseMiddleware<RequestFailures>();
            if (listener.Http?.TrustedProxies is { Count: > 0 } proxies)
                branch.UseForwardedHeaders(Forwarded(proxies));
            foreach (var build in listener.Branches)
                build(branch);
            listener.Pipeline = branch.Build();
        }
        app.Run(http => http.Features.Get<Listener>() is { Pipeline: { } pipeline } ? pipeline(http) : NotFound(http));
    }

    public void LogAddresses(ILogger logger)
    {
        foreach (var listener in _all)
            Log.Listening(logger, string.Join(", ", listener.Keys), listener.Bound?.IPEndPoint?.ToString() ?? "");
    }

    /// <summary>Routes with endpoints of this branch alone.</summary>
    public static void MapEndpoints(IApplicationBuilder branch, IEnumerable<Action<IEndpointRouteBuilder>> maps)
    {
        branch.UseRouting();
        branch.UseEndpoints(endpoints =>
        {
            foreach (var map in maps)
                map(endpoints);
        });
    }

    private static void Listen(ListenOptions options, Listener listener, IServiceProvider services)
    {
        listener.Bound = options;
        options.Use(next => connection =>
        {
            connection.Features.Set(listener);
            return next(connection);
        });
        options.Protocols = listener.Kind == ListenerKind.Rpc ? HttpProtocols.Http2
            : listener.IsTls ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
        if (listener.IsTls)
        {
            var certificate = new CertificateFile(
                listener.Http!, listener.Keys[0], services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ILoggerFactory>().CreateLogger<CertificateFile>());
            options.UseHttps(https => https.ServerCertificateSelector = (_, _) => certificate.Current);
        }
    }

    private static ForwardedHeadersOptions Forwarded(IReadOnlyList<string> proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            // From one trusted proxy to the next, up to the first that is not trusted.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
                options.KnownProxies.Add(address);
            else
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
        }
        return options;
    }

    private static Task NotFound(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static bool Overlap(ListenAddress one, ListenAddress other) =>
        one.Address.Equals(other.Address) || IsAny(one.Address) || IsAny(other.Address);

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool HasSameHttp(HttpOptions? one, HttpOptions? other) =>
        (one?.Certificate ?? "") == (other?.Certificate ?? "")
        && (one?.TrustedProxies ?? []).SequenceEqual(other?.TrustedProxies ?? []);
}
