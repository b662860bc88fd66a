using Annex.Hosting.Messaging;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Annex.Hosting;

/// <summary>What a service is given to register itself with. Several services of one process share the container.</summary>
public sealed class AnnexServiceBuilder
{
    public string Name => throw new NotImplementedException();

    /// <summary>The process's container: what another service may have as well is registered keyed by <see cref="Name"/>.</summary>
    public IServiceCollection Services => throw new NotImplementedException();

    public IConfiguration Configuration => throw new NotImplementedException();

    /// <summary>The service's own section.</summary>
    public IConfigurationSection Section => throw new NotImplementedException();

    /// <summary>The domains whose users count as ours: LocalDomains, by default the parent domain of the component's JID.</summary>
    public IReadOnlySet<string> LocalDomains => throw new NotImplementedException();

    /// <summary>Bare JIDs of the operators.</summary>
    public IReadOnlySet<Jid> Admins => throw new NotImplementedException();

    /// <summary>Whether that service runs in this process too.</summary>
    public bool IsInProcess(string otherService) => throw new NotImplementedException();

    /// <summary>Binds the section, checks DataAnnotations and IValidatableObject, registers the result as a singleton. Wrong keys
    /// are collected and stop the start, one line each; the values returned then are not used.</summary>
    public TOptions AddOptions<TOptions>() where TOptions : class, new() => throw new NotImplementedException();

    /// <summary>The service's component (ComponentConnection keyed by <see cref="Name"/>), connected when the process starts.</summary>
    public void AddComponent(Action<IServiceProvider, StanzaRouter> routes) => throw new NotImplementedException();

    /// <summary>IDbContextFactory and a keyed NpgsqlDataSource. Migrated at start under an advisory lock; history, outbox and
    /// inbox stand in <paramref name="schema"/>.</summary>
    public void AddDatabase<TContext>(string schema) where TContext : DbContext => throw new NotImplementedException();

    /// <summary>A consumer of an event, with the database of this service.</summary>
    public void AddConsumer<TConsumer, TEvent>() where TConsumer : class, IEventConsumer<TEvent> where TEvent : class =>
        throw new NotImplementedException();

    /// <summary>Endpoints on the users' listener (Http:Listen).</summary>
    public void AddHttp(Action<IEndpointRouteBuilder> map) => throw new NotImplementedException();

    /// <summary>Endpoints on Ops:Listen, for operators only.</summary>
    public void AddOps(Action<IEndpointRouteBuilder> map) => throw new NotImplementedException();
}
