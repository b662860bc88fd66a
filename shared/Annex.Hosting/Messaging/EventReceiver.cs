using System.Diagnostics;
using Annex.Hosting.Configuration;
using Annex.Hosting.Observability;
using Annex.Hosting.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Hosting.Messaging;

/// <summary>
/// A service's consumers behind any transport. Work and inbox mark commit together, so an event that arrives twice is applied
/// once. An event that fails again and again steps aside into event_errors, so that those behind it pass.
/// </summary>
internal sealed class EventReceiver(
    string service, string schema, IReadOnlyList<ConsumerRegistration> consumers, IServiceProvider services,
    BusOptions options, Lease? lease, TimeProvider time, ILogger<EventReceiver> logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource _source = services.GetRequiredKeyedService<NpgsqlDataSource>(service);
    private readonly EventErrors _errors = services.GetRequiredKeyedService<EventErrors>(service);
    private readonly string _mark =
        $"insert into {schema}.inbox (consumer, message_id) values ($1, $2) on conflict do nothing";

    public string Service => service;

    public IEnumerable<EventType> Types => consumers.Select(c => c.Type).Distinct();

    public bool Takes(EventType type) => consumers.Any(c => c.Type == type);

    public ConsumerRegistration? Find(string consumer, string type) =>
        consumers.FirstOrDefault(c => c.Name == consumer && c.Type.Name == type);

    /// <summary>Returns when every consumer has committed every event, or put it aside. Throws only when cancelled.</summary>
    public async Task ReceiveAsync(EventType type, IReadOnlyList<EventItem> events, CancellationToken cancellationToken)
    {
        // A standby leaves the work to the owner: it would change what the owner holds in memory.
        if (lease is not null)
            await lease.WaitUntilHeldAsync(cancellationToken);
        var concerned = consumers.Where(c => c.Type == type).ToList();
        if (events.Count > 1 && await TryConsumeTogetherAsync(concerned, events, cancellationToken))
            return;
        foreach (var item in events)
        {
            foreach (var consumer in concerned)
                await ConsumeAsync(consumer, item, cancellationToken);
        }
    }

    private async Task TryOnceAsync(ConsumerRegistration consumer, EventItem item, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var work = new DbTransactionScope(scope.ServiceProvider, connection, transaction);
        await ApplyAsync(consumer, item, scope.ServiceProvider, work, cancellationToken);
        await CommitAsync(work, cancellationToken);
    }

    private async Task<bool> TryConsumeTogetherAsync(
        List<ConsumerRegistration> concerned, IReadOnlyList<EventItem> events, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var work = new DbTransactionScope(services, connection, transaction);
            foreach (var item in events)
            {
                foreach (var consumer in concerned)
                {
                    await using var scope = services.CreateAsyncScope();
                    await ApplyAsync(consumer, item, scope.ServiceProvider, work, cancellationToken);
                }
            }
            await CommitAsync(work, cancellationToken);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // One of them is at fault, or the database is away; one by one will tell.
            return false;
        }
    }

    private async Task ConsumeAsync(ConsumerRegistration consumer, EventItem item, CancellationToken cancellationToken)
    {
        var pause = options.RetryDelay;
        var attempts = 0;
        while (true)
        {
            try
            {
                await TryOnceAsync(consumer, item, cancellationToken);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (!DatabaseFaults.IsAway(e))
                {
                    attempts++;
                    HostingMetrics.ConsumerFailed(service, consumer.Name);
                    Log.ConsumerFailed(logger, service, consumer.Name, item.Id, attempts, e);
                }
                if (attempts >= options.Attempts && await TryPutAsideAsync(consumer, item, attempts, e, cancellationToken))
                    return;
            }
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<bool> TryPutAsideAsync(ConsumerRegistration consumer, EventItem item, int attempts, Exception error,
        CancellationToken cancellationToken)
    {
        try
        {
            await _errors.PutAsideAsync(consumer, item, attempts, error, cancellationToken);
            HostingMetrics.EventPutAside(service, consumer.Name);
            Log.EventPutAside(logger, service, consumer.Name, item.Id);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>Marks and applies one event inside <paramref name="work"/>; nothing if it was seen before.</summary>
    public async Task ApplyAsync(ConsumerRegistration consumer, EventItem item, IServiceProvider scope,
        DbTransactionScope work, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Source.StartActivity($"consume {consumer.Type.Name}", ActivityKind.Consumer, item.Trace);
        await using var mark = new NpgsqlCommand(_mark, work.Connection, work.Transaction)
        {
            Parameters = { new() { Value = consumer.Name }, new() { Value = item.Id } },
        };
        if (await mark.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            HostingMetrics.EventSeenBefore(service, consumer.Name);
            return;
        }
        await consumer.Consume(scope, item.Event, work, cancellationToken);
        HostingMetrics.EventConsumed(service, consumer.Type.Name);
    }

    public async Task CommitAsync(DbTransactionScope work, CancellationToken cancellationToken)
    {
        if (lease is not null)
            await lease.FenceAsync(work.Connection, work.Transaction, cancellationToken);
        await work.CommitAsync(cancellationToken);
    }
}
