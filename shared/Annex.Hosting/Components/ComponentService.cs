using Annex.Xmpp.Routing;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.Hosting;

namespace Annex.Hosting.Components;

/// <summary>
/// A service's component in the life of the process. Connected when every service has started, so that no stanza meets half a
/// service; closed when every service has stopped, so that what they say at the end still goes out.
/// </summary>
internal sealed class ComponentService(
    IServiceProvider services, ComponentConnection connection, StanzaRouter router,
    Action<IServiceProvider, StanzaRouter> routes) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Here and not with the connection: handlers are built of services that need the connection.
        routes(services, router);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        connection.Start();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken) => await connection.DisposeAsync();
}
