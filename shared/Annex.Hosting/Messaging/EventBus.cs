using Annex.Hosting.Configuration;
using Annex.Hosting.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Hosting.Messaging;

/// <summary>All of the process that carries events: one transport, a dispatcher for each outbox, the consumers. Starts after the
/// services and stops before them. Never unready: without the broker the services work, and events are late.</summary>
internal sealed class EventBus(
    IServiceProvider services, AnnexOptions options, EventTypes types, IEnumerable<DatabaseRegistration> databases,
    IEnumerable<ConsumerRegistration> consumers, IEnumerable<CompetingConsumers> competing, TimeProvider time,
    ILoggerFactory loggers) : IHostedService, IHealthCheck, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _work = [];
    private IEventTransport? _transport;
    private bool _isDisposed;

    // A process whose services keep nothing has no events: it needs no broker, and loads nothing of the driver.
    public Task StartAsync(CancellationToken cancellationToken) =>
        databases.Any() ? StartTransportAsync(cancellationToken) : Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_transport is not null)
            await _transport.StopAsync(cancellationToken);
        await Task.WhenAll(_work).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
            _transport?.Trouble is { } trouble ? HealthCheckResult.Degraded(trouble) : HealthCheckResult.Healthy());

    public async ValueTask DisposeAsync()
    {
        // The container knows it by two names and disposes it by both.
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _stopping.CancelAsync();
        if (_transport is IAsyncDisposable transport)
            await transport.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task StartTransportAsync(CancellationToken cancellationToken)
    {
        var receivers = databases.Select(CreateReceiver).OfType<EventReceiver>().ToList();
        _transport = string.IsNullOrEmpty(options.Bus.RabbitMq)
            ? new InProcessTransport(receivers)
            : new RabbitMqTransport(options.Bus, receivers, s => competing.Any(c => c.Service == s), time, loggers);
        await _transport.StartAsync(cancellationToken);
        foreach (var database in databases)
        {
            var source = services.GetRequiredKeyedService<NpgsqlDataSource>(database.Service);
            var signal = services.GetRequiredKeyedService<OutboxSignal>(database.Service);
            Run(new OutboxDispatcher(database.Service, database.Schema, source, types, _transport, signal, options.Bus, time,
                loggers.CreateLogger<OutboxDispatcher>()).RunAsync);
            if (receivers.Find(r => r.Service == database.Service) is { } receiver)
                Run(CreateRedelivery(receiver, database, source).RunAsync);
        }
    }

    private EventReceiver? CreateReceiver(DatabaseRegistration database)
    {
        var own = consumers.Where(c => c.Service == database.Service).ToList();
        return own.Count == 0 ? null : new EventReceiver(database.Service, database.Schema, own, services, options.Bus,
            services.GetKeyedService<Lease>(database.Service), time, loggers.CreateLogger<EventReceiver>());
    }

    private EventRedelivery CreateRedelivery(EventReceiver receiver, DatabaseRegistration database, NpgsqlDataSource source) =>
        new(receiver, database.Schema, types, services.GetRequiredKeyedService<EventErrors>(database.Service), source, services,
            options.Bus, services.GetKeyedService<Lease>(database.Service), time, loggers.CreateLogger<EventRedelivery>());

    private void Run(Func<CancellationToken, Task> loop) => _work.Add(Task.Run(() => loop(_stopping.Token), CancellationToken.None));
}
