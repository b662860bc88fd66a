using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Annex.Hosting.Configuration;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Exceptions;

namespace Annex.Hosting.Messaging;

/// <summary>
/// RabbitMQ through MassTransit: an exchange for each kind of event, a durable quorum queue for each service that consumes. The
/// process runs without the broker as well; events wait in the outboxes until it is there. A service's queue exists from its
/// first start on: what happened before, it asks its peers for.
/// </summary>
internal sealed class RabbitMqTransport : IEventTransport, IAsyncDisposable
{
    // A confirmation from a quorum queue takes milliseconds; after this the connection counts as broken.
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly BusOptions _options;
    private readonly Uri _address;
    private readonly IReadOnlyList<EventReceiver> _receivers;
    private readonly Func<string, bool> _isCompeting;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;
    private volatile Session? _session;
    private string _trouble = "not connected yet";

    /// <param name="isCompeting">Services whose processes share the work; of the others one process consumes at a time, in
    /// order.</param>
    public RabbitMqTransport(BusOptions options, IReadOnlyList<EventReceiver> receivers, Func<string, bool> isCompeting,
        TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _receivers, _isCompeting, _time) = (options, receivers, isCompeting, time);
        _address = new Uri(options.RabbitMq!);
        _logger = loggers.CreateLogger<RabbitMqTransport>();
        LogContext.ConfigureCurrentLogContext(loggers);
    }

    public string? Trouble => _session is null ? $"RabbitMQ at {_address.Host}:{Port}: {_trouble}" : null;

    private int Port => _address.Port > 0 ? _address.Port : _address.Scheme == "amqps" ? 5671 : 5672;

    public async Task SendAsync(
        string origin, EventType type, IReadOnlyList<EventItem> events, CancellationToken cancellationToken)
    {
        if (_session is not { } session)
            throw new TimeoutException(Trouble);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Ended);
        patience.CancelAfter(ConfirmTimeout);
        try
        {
            await type.Accept(new Publication(session.Bus, origin, events, patience.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            session.IsSuspect = true;
            throw new TimeoutException(Trouble ?? "RabbitMQ did not confirm in time");
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            session.IsSuspect = true;
            throw;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _work = Task.Run(() => StayConnectedAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _work.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work;
        _stopping.Dispose();
    }

    /// <summary>One session after another. MassTransit would reconnect by itself, at distances that grow to half a minute; here
    /// a broker that is back is found within a second.</summary>
    private async Task StayConnectedAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ReachAsync(cancellationToken);
                await RunSessionAsync(cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                Tell(e.GetBaseException().Message);
            }
            catch (OperationCanceledException)
            {
                // The process ends.
            }
            await Task.Delay(TimeSpan.FromSeconds(1), _time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReachAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartTimeout);
        await client.ConnectAsync(_address.Host, Port, patience.Token);
    }

    private async Task RunSessionAsync(CancellationToken cancellationToken)
    {
        var bus = CreateBus();
        using var ended = new CancellationTokenSource();
        var session = new Session(bus, ended.Token);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(StartTimeout);
            try
            {
                await bus.StartAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException("it answers, but opens no session: wrong user, password or virtual host?");
            }
            _session = session;
            _trouble = "";
            Log.BusConnected(_logger);
            for (var bad = 0; bad < 3 && !session.IsSuspect;)
            {
                await Task.Delay(LookEvery, _time, cancellationToken);
                bad = bus.CheckHealth().Status == BusHealthStatus.Healthy ? 0 : bad + 1;
            }
            Tell(bus.CheckHealth().Description ?? "the connection broke");
        }
        finally
        {
            _session = null;
            await ended.CancelAsync();
            await StopAsync(bus);
        }
    }

    private static async Task StopAsync(IBusControl bus)
    {
        using var patience = new CancellationTokenSource(StopTimeout);
        try
        {
            await bus.StopAsync(patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or MassTransitException or RabbitMQClientException
                                      or IOException or ObjectDisposedException)
        {
            // The broker is away: what it holds for us it keeps.
        }
    }

    private void Tell(string trouble)
    {
        if (_trouble != trouble)
            Log.BusAway(_logger, _address.Host, Port, trouble);
        _trouble = trouble;
    }

    private IBusControl CreateBus() => Bus.Factory.CreateUsingRabbitMq(bus =>
    {
        ConfigureHost(bus, _address);
        foreach (var receiver in _receivers)
        {
            var queue = $"{_options.QueuePrefix}-{receiver.Service.ToLowerInvariant()}";
            bus.ReceiveEndpoint(queue, endpoint =>
            {
                endpoint.SetQuorumQueue();
                endpoint.SingleActiveConsumer = !_isCompeting(receiver.Service);
                endpoint.PrefetchCount = 8;
                endpoint.ConcurrentMessageLimit = 1;
                endpoint.ConfigureError(error =>
                {
                    // Work that was cut short by the end of the process goes back into the queue. What remains for the broker's
                    // error queue is a message that cannot be read; failing consumers are EventReceiver's matter.
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

    private sealed class Session(IBusControl bus, CancellationToken ended)
    {
        public IBusControl Bus => bus;

        public CancellationToken Ended => ended;

        /// <summary>A publication failed; whatever the bus thinks of itself, it is made anew.</summary>
        public volatile bool IsSuspect;
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
