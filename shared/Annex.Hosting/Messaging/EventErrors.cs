using System.Globalization;
using Annex.Hosting.Configuration;
using Annex.Hosting.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Hosting.Messaging;

/// <summary>The events that one service's consumers failed at: to be listed, replayed and dropped by the operator. Keyed by the
/// service's name.</summary>
public sealed class EventErrors
{
    // The first later attempt after 10 s, then at six times the distance, at most an hour: outages of a peer last minutes.
    private const string Backoff = "least(interval '10 seconds' * power(6, least(attempts - $2, 6)), interval '1 hour')";

    private const string Columns = "id, consumer, message_id, type, body, error, attempts, next_at, at";

    private readonly string _service;
    private readonly string _schema;
    private readonly NpgsqlDataSource _source;
    private readonly BusOptions _options;

    internal EventErrors(string service, string schema, NpgsqlDataSource source, BusOptions options)
    {
        _service = service;
        _schema = schema;
        _source = source;
        _options = options;
    }

    /// <summary>In the order of their failing, after the one with id <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<EventError>> ListAsync(
        long after = 0, int limit = 100, CancellationToken cancellationToken = default)
    {
        await using var command = _source.CreateCommand(
            $"select {Columns} from {_schema}.event_errors where id > $1 order by id limit $2");
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = Math.Clamp(limit, 1, 1000) });
        return await ReadAsync(command, cancellationToken);
    }

    public async Task<EventError?> FindAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var command = _source.CreateCommand($"select {Columns} from {_schema}.event_errors where id = $1");
        command.Parameters.Add(new() { Value = id });
        return await ReadAsync(command, cancellationToken) is [var error, ..] ? error : null;
    }

    /// <summary>How many events wait to leave, for how many seconds the oldest of them, how many stepped aside, and how many of
    /// those wait for the operator.</summary>
    public async Task<(long Outbox, double OutboxAge, long Errors, long ErrorsWaiting)> CountAsync(
        CancellationToken cancellationToken = default)
    {
        await using var command = _source.CreateCommand(
            $"select (select count(*) from {_schema}.outbox), " +
            $"coalesce((select extract(epoch from now() - min(at))::float8 from {_schema}.outbox), 0), " +
            $"count(*), count(*) filter (where next_at is null) from {_schema}.event_errors");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), Math.Max(reader.GetDouble(1), 0), reader.GetInt64(2), reader.GetInt64(3));
    }

    /// <summary>Gives the event (null: all of them) to its consumer again, at once; one that could not be sent goes back into the
    /// outbox.</summary>
    /// <returns>How many.</returns>
    public Task<int> ReplayAsync(long? id, CancellationToken cancellationToken = default) => CountAsync(
        $"with back as (delete from {_schema}.event_errors where consumer = 'outbox' and ($1 is null or id = $1) " +
        "returning message_id, type, body, trace), " +
        $"sent as (insert into {_schema}.outbox (message_id, type, body, trace) select * from back returning 1), " +
        $"due as (update {_schema}.event_errors set next_at = now() where consumer <> 'outbox' and ($1 is null or id = $1) " +
        "returning 1) select (select count(*) from sent) + (select count(*) from due)", id, cancellationToken);

    /// <summary>Drops the event (null: all of them); its consumer never sees it.</summary>
    /// <returns>How many.</returns>
    public Task<int> DropAsync(long? id, CancellationToken cancellationToken = default) =>
        ExecuteAsync($"delete from {_schema}.event_errors where $1 is null or id = $1", id, cancellationToken);

    internal async Task PutAsideAsync(ConsumerRegistration consumer, EventItem item, int attempts, Exception error,
        CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(
            $"insert into {_schema}.event_errors (consumer, message_id, type, body, trace, error, attempts, next_at) " +
            "values ($1, $2, $3, $4, $5, $6, $7, case when $8 > 0 then now() + interval '10 seconds' end) on conflict do nothing");
        var parameters = command.Parameters;
        parameters.Add(new() { Value = consumer.Name });
        parameters.Add(new() { Value = item.Id });
        parameters.Add(new() { Value = consumer.Type.Name });
        parameters.Add(new() { Value = consumer.Type.Serialize(item.Event) });
        parameters.Add(new() { Value = (object?)item.Trace ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        parameters.Add(new() { Value = Describe(error) });
        parameters.Add(new() { Value = attempts });
        parameters.Add(new() { Value = _options.Redeliveries });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The next one that is due, locked for <paramref name="work"/>.</summary>
    internal async Task<(long Id, string Consumer, Guid MessageId, string Type, string Body, string? Trace)?> TakeDueAsync(
        DbTransactionScope work, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select id, consumer, message_id, type, body, trace from {_schema}.event_errors where next_at <= now() " +
            "order by id limit 1 for update skip locked", work.Connection, work.Transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (reader.GetInt64(0), reader.GetString(1), reader.GetGuid(2), reader.GetString(3), reader.GetString(4),
               reader.IsDBNull(5) ? null : reader.GetString(5))
            : null;
    }

    internal async Task ForgetAsync(DbTransactionScope work, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"delete from {_schema}.event_errors where id = $1", work.Connection, work.Transaction)
        {
            Parameters = { new() { Value = id } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal async Task PostponeAsync(long id, Exception error, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(
            $"update {_schema}.event_errors set attempts = attempts + 1, error = $4, " +
            $"next_at = case when attempts + 1 - $2 < $3 then now() + {Backoff} end where id = $1");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = _options.Attempts });
        command.Parameters.Add(new() { Value = _options.Redeliveries });
        command.Parameters.Add(new() { Value = Describe(error) });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Long enough for a message with its inner ones; the log has the stack.
    private static string Describe(Exception error)
    {
        var text = $"{error.GetType().Name}: {error.Message}".Replace('\0', ' ');
        return text.Length <= 2000 ? text : text[..2000];
    }

    private async Task<IReadOnlyList<EventError>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var errors = new List<EventError>();
        while (await reader.ReadAsync(cancellationToken))
        {
            errors.Add(new EventError(
                reader.GetInt64(0), _service, reader.GetString(1), reader.GetGuid(2), reader.GetString(3), reader.GetString(4),
                reader.GetString(5), reader.GetInt32(6),
                reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7), reader.GetFieldValue<DateTimeOffset>(8)));
        }
        return errors;
    }

    private Task<int> CountAsync(string sql, long? id, CancellationToken cancellationToken) => RunAsync(sql, id,
        async command => Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture));

    private Task<int> ExecuteAsync(string sql, long? id, CancellationToken cancellationToken) =>
        RunAsync(sql, id, command => command.ExecuteNonQueryAsync(cancellationToken));

    private async Task<int> RunAsync(string sql, long? id, Func<NpgsqlCommand, Task<int>> run)
    {
        await using var command = _source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        return await run(command);
    }
}
