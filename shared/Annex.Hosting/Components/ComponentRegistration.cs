using Annex.Hosting.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Annex.Hosting.Components;

/// <summary>A service's component in the container: ComponentConnection and StanzaRouter keyed by the service's name, the hosted
/// service that runs it, its health (tag ready).</summary>
internal static class ComponentRegistration
{
    public static void Add(IServiceCollection services, string service, ComponentOptions options,
        Action<IServiceProvider, StanzaRouter> routes, Func<IServiceProvider, CancellationToken, Task>? beforeConnect = null)
    {
        services.AddKeyedSingleton(service, (_, _) => new StanzaRouter());
        services.AddKeyedSingleton(service, (provider, _) => Create(provider, service, options));
        services.AddSingleton<IHostedService>(provider => new ComponentService(
            provider,
            provider.GetRequiredKeyedService<ComponentConnection>(service),
            provider.GetRequiredKeyedService<StanzaRouter>(service),
            routes,
            provider.GetKeyedService<Lease>(service),
            beforeConnect,
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger($"Annex.{service}.Component")));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"{service}:component",
            provider => new ComponentHealth(provider.GetRequiredKeyedService<ComponentConnection>(service)),
            failureStatus: null,
            tags: ["ready", service]));
    }

    /// <summary>What an options class alone cannot know to be wrong: the keys that a running component has to have.</summary>
    /// <param name="error">Takes the key behind the service's section and the problem.</param>
    public static void Validate(ComponentOptions options, Action<string, string> error)
    {
        if (options.Jid.Length == 0)
            error("Component:Jid", "missing: the component's address, as in the XMPP server's configuration");
        else if (!Jid.TryParse(options.Jid, out var jid) || jid.HasLocal || jid.Resource is not null)
            error("Component:Jid", $"'{options.Jid}' is not a domain");
        if (string.IsNullOrEmpty(options.Secret) && string.IsNullOrEmpty(options.SecretFile))
            error("Component:Secret", "missing: the secret of the component, or SecretFile with its path");
    }

    private static ComponentConnection Create(IServiceProvider provider, string service, ComponentOptions options)
    {
        var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger($"Annex.{service}.Component");
        var router = provider.GetRequiredKeyedService<StanzaRouter>(service);
        var connect = provider.GetKeyedService<ConnectComponent>(service);
        var time = provider.GetService<TimeProvider>();
        router.OnFailure = exception => Log.HandlerFailed(logger, exception, service);
        var connection = new ComponentConnection(options, router, connect is null ? null : token => connect(token), time);
        connection.Changed += new ComponentReporter(service, options, logger).Report;
        return connection;
    }
}
