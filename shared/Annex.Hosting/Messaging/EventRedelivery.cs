using Annex.Hosting.Configuration;
using Annex.Hosting.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Hosting.Messaging;

/// <summary>Tries again the events that stepped aside, when they are due or the operator says so; and forgets what the inbox
/// has remembered long enough.</summary>
internal sealed class EventRedelivery(
    EventReceiver receiver, string schema, EventTypes types, EventErrors errors, NpgsqlDataSource source,
    IServiceProvider services, BusOptions options, Lease? lease, TimeProvider time, ILogger<EventRedelivery> logger)
{
    private static readonly TimeSpan CleaningInterval = TimeSpan.FromMinutes(10);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (lease is not null)
            await lease.WaitUntilHeldAsync(cancellationToken);
        var cleaned = time.GetTimestamp();
        while (true)
        {
            var isDone = false;
            try
            {
                isDone = await RedeliverOneAsync(cancellationToken);
                if (time.GetElapsedTime(cleaned) > CleaningInterval)
                {
                    cleaned = time.GetTimestamp();
                    await CleanAsync(cancellationToken);
                }
            }
            catch (NpgsqlException e) when (!cancellationToken.IsCancellationRequested)
            {
                // The database is away; the dispatcher and the readiness check say so.
                Log.RedeliveryWaits(logger, receiver.Service, e.Message);
            }
            if (!isDone)
                await Task.Delay(options.PollInterval, time, cancellationToken);
        }
    }

    private async Task<bool> RedeliverOneAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var work = new DbTransactionScope(scope.ServiceProvider, connection, transaction);
        if (await errors.TakeDueAsync(work, cancellationToken) is not var (id, name, messageId, typeName, body, trace))
            return false;
        try
        {
            var consumer = receiver.Find(name, typeName)
                ?? throw new InvalidOperationException($"There is no consumer {name} of {typeName} in this release.");
            await receiver.ApplyAsync(
                consumer, new EventItem(messageId, types.Find(typeName)!.Deserialize(body), trace), scope.ServiceProvider, work,
                cancellationToken);
            await errors.ForgetAsync(work, id, cancellationToken);
            await receiver.CommitAsync(work, cancellationToken);
        }
        catch (Exception e) when (!DatabaseFaults.IsAway(e) && !cancellationToken.IsCancellationRequested)
        {
            await transaction.RollbackAsync(cancellationToken);
            Log.RedeliveryFailed(logger, receiver.Service, name, messageId, e);
            await errors.PostponeAsync(id, e, cancellationToken);
        }
        return true;
    }

    private async Task CleanAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"delete from {schema}.inbox where at < now() - $1");
        command.Parameters.Add(new() { Value = options.Memory });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
