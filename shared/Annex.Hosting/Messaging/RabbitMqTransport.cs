using System.Runtime.ExceptionServices;
using Annex.Hosting.Configuration;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.Logging;

namespace Annex.Hosting.Messaging;

/// <summary>
/// RabbitMQ through MassTransit: an exchange for each kind of event, a durable quorum queue for each service that consumes. The
/// process runs without the broker as well; events wait in the outboxes until it is there.
/// </summary>
internal sealed class RabbitMqTransport : IEventTransport, IAsyncDisposable
{
    // A confirmation from a quorum queue takes milliseconds; after this the connection counts as broken.
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly IBusControl _bus;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private Task _starting = Task.CompletedTask;
    private volatile bool _isStarted;

    /// <param name="isCompeting">Services whose processes share the work; of the others one process consumes at a time, in
    /// order.</param>
    public RabbitMqTransport(BusOptions options, IReadOnlyList<EventReceiver> receivers, Func<string, bool> isCompeting,
        TimeProvider time, ILoggerFactory loggers)
    {
        _time = time;
        _logger = loggers.CreateLogger<RabbitMqTransport>();
        LogContext.ConfigureCurrentLogContext(loggers);
        _bus = Bus.Factory.CreateUsingRabbitMq(bus =>
        {
            ConfigureHost(bus, new Uri(options.RabbitMq!));
            foreach (var receiver in receivers)
            {
                var queue = $"{options.QueuePrefix}-{receiver.Service.ToLowerInvariant()}";
                bus.ReceiveEndpoint(queue, endpoint =>
                {
                    endpoint.SetQuorumQueue();
                    endpoint.SingleActiveConsumer = !isCompeting(receiver.Service);
                    endpoint.PrefetchCount = 8;
                    endpoint.ConcurrentMessageLimit = 1;
                    endpoint.ConfigureError(error =>
                    {
                        // Work that was cut short by the end of the process goes back into the queue. What remains for the
                        // broker's error queue is a message that cannot be read; failing consumers are EventReceiver's matter.
                        error.UseExecute(failure =>
                        {
                            if (failure.Exception is OperationCanceledException)
                                ExceptionDispatchInfo.Throw(failure.Exception);
                        });
                        error.UseFilter(new ErrorTransportFilter());
                    });
                    foreach (var type in receiver.Types)
                        type.Accept(new Subscription(endpoint, receiver, _stopping.Token));
                });
            }
        });
    }

    public string? Trouble => !_isStarted ? "RabbitMQ (Bus:RabbitMq) is not connected yet"
        : _bus.CheckHealth() is { Status: not BusHealthStatus.Healthy } health ? $"RabbitMQ: {health.Description}" : null;

    public async Task SendAsync(
        string origin, EventType type, IReadOnlyList<EventItem> events, CancellationToken cancellationToken)
    {
        if (!_isStarted)
            throw new TimeoutException(Trouble);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ConfirmTimeout);
        try
        {
            await type.Accept(new Publication(_bus, origin, events, patience.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(Trouble ?? "RabbitMQ did not confirm in time");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _starting = ConnectAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _starting.WaitAsync(cancellationToken);
        if (!_isStarted)
            return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StopTimeout);
        try
        {
            await _bus.StopAsync(patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or MassTransitException)
        {
            // The broker is away: what it holds for us it keeps.
        }
    }

    public ValueTask DisposeAsync()
    {
        _stopping.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var isTold = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await _bus.StartAsync(cancellationToken);
                _isStarted = true;
                Log.BusConnected(_logger);
                return;
            }
            catch (Exception e)
            {
                if (cancellationToken.IsCancellationRequested)
                    return;
                if (!isTold)
                    Log.BusAway(_logger, e.Message);
                isTold = true;
            }
            await Task.Delay(TimeSpan.FromSeconds(1), _time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void ConfigureHost(IRabbitMqBusFactoryConfigurator bus, Uri address)
    {
        var isTls = address.Scheme == "amqps";
        var port = address.Port > 0 ? address.Port : isTls ? 5671 : 5672;
        var user = address.UserInfo.Split(':', 2);
        var vhost = Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/'));
        bus.Host(address.Host, (ushort)port, vhost.Length == 0 ? "/" : vhost, host =>
        {
            host.PublisherConfirmation = true;
            host.Heartbeat(TimeSpan.FromSeconds(10));
            if (user[0].Length > 0)
                host.Username(Uri.UnescapeDataString(user[0]));
            if (user.Length == 2)
                host.Password(Uri.UnescapeDataString(user[1]));
            if (isTls)
                host.UseSsl(tls => tls.ServerName = address.Host);
        });
    }

    private sealed class Publication(
        IBus bus, string origin, IReadOnlyList<EventItem> events, CancellationToken cancellationToken) : IEventTypeVisitor<Task>
    {
        public Task Visit<TEvent>(EventType type) where TEvent : class
        {
            var batch = new EventBatch<TEvent>
            {
                Origin = origin,
                Events = [.. events.Select(e => new BatchedEvent<TEvent>
                {
                    Id = e.Id,
                    Event = (TEvent)e.Event,
                    Trace = e.Trace,
                })],
            };
            return bus.Publish(batch, cancellationToken);
        }
    }

    private sealed class Subscription(
        IReceiveEndpointConfigurator endpoint, EventReceiver receiver, CancellationToken stopping) : IEventTypeVisitor<bool>
    {
        public bool Visit<TEvent>(EventType type) where TEvent : class
        {
            endpoint.Handler<EventBatch<TEvent>>(context => receiver.ReceiveAsync(
                type, [.. context.Message.Events.Select(e => new EventItem(e.Id, e.Event, e.Trace))], stopping));
            return true;
        }
    }
}
