using Annex.Hosting.Storage;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Annex.Hosting.Components;

/// <summary>
/// A service's component in the life of the process. Connected when every service has started, so that no stanza meets half a
/// service; closed when every service has stopped, so that what they say at the end still goes out. With a lease a standby waits
/// before the handshake: some servers would give a second connection half of the traffic.
/// </summary>
internal sealed class ComponentService(
    IServiceProvider services, ComponentConnection connection, StanzaRouter router,
    Action<IServiceProvider, StanzaRouter> routes, Lease? lease, Func<IServiceProvider, CancellationToken, Task>? beforeConnect,
    IHostApplicationLifetime lifetime, ILogger logger) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _connecting = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Here and not with the connection: handlers are built of services that need the connection.
        routes(services, router);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (lease is null && beforeConnect is null)
            connection.Start();
        else
            _connecting = ConnectAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _connecting.WaitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken) => await connection.DisposeAsync();

    public void Dispose() => _stopping.Dispose();

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (lease is not null)
                await lease.WaitUntilHeldAsync(cancellationToken);
            if (beforeConnect is not null)
                await beforeConnect(services, cancellationToken);
            connection.Start();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ends before it was its turn.
        }
        catch (Exception e)
        {
            Log.NotConnected(logger, e, connection.Jid.Domain);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }
}
