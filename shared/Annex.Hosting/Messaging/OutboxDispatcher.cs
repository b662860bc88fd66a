using System.Text.Json;
using Annex.Hosting.Configuration;
using Annex.Hosting.Observability;
using Annex.Hosting.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Hosting.Messaging;

/// <summary>
/// Sends a service's outbox, in order. One dispatcher at a time, whichever process holds the advisory lock: rows taken by several
/// (skip locked) would overtake each other. The lock belongs to the connection, which also deletes what was sent, so a
/// dispatcher that lost it can send something twice but never removes what was not sent.
/// </summary>
internal sealed class OutboxDispatcher(
    string service, string schema, NpgsqlDataSource source, EventTypes types, IEventTransport transport, OutboxSignal signal,
    BusOptions options, TimeProvider time, ILogger<OutboxDispatcher> logger)
{
    // Rows of one round, and events of one message: large enough to be limited by neither the broker's confirmations nor the
    // consumers' commits, small enough to hold in memory whatever is in them.
    private const int MaxRows = 256;
    private const int MaxRun = 64;
    private const int MaxRunChars = 256 * 1024;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly string _select =
        "select id, message_id, type, body, trace, extract(epoch from now() - at)::float8 " +
        $"from {schema}.outbox order by id limit {MaxRows}";
    private readonly string _delete = $"delete from {schema}.outbox where id = any($1)";
    private readonly string _putAside =
        $"insert into {schema}.event_errors (consumer, message_id, type, body, trace, error, attempts) " +
        $"select 'outbox', message_id, type, body, trace, $2, 1 from {schema}.outbox where id = any($1) on conflict do nothing";

    private bool _isAway;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            try
            {
                await using var connection = await OpenAsync(cancellationToken);
                while (true)
                {
                    var sent = await SendSomeAsync(connection, cancellationToken);
                    ToldBack();
                    pause = TimeSpan.FromMilliseconds(100);
                    if (sent < MaxRows)
                        await signal.WaitAsync(options.PollInterval, cancellationToken);
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                ToldAway(e);
            }
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            // If this machine vanishes from the network, the server frees the lock after a minute, not after two hours.
            await using var keep = new NpgsqlCommand(
                "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3", connection);
            await keep.ExecuteNonQueryAsync(cancellationToken);
            await using var take = new NpgsqlCommand(
                $"select pg_try_advisory_lock(hashtext('annex.outbox.{schema}'))", connection);
            while (!(bool)(await take.ExecuteScalarAsync(cancellationToken))!)
                await Task.Delay(options.PollInterval, time, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<int> SendSomeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(connection, cancellationToken);
        for (var first = 0; first < rows.Count;)
        {
            var end = EndOfRun(rows, first);
            var run = rows.GetRange(first, end - first);
            await SendAsync(connection, run, cancellationToken);
            await using var delete = new NpgsqlCommand(_delete, connection) { Parameters = { Ids(run) } };
            await delete.ExecuteNonQueryAsync(cancellationToken);
            first = end;
        }
        return rows.Count;
    }

    private async Task SendAsync(NpgsqlConnection connection, List<OutboxRow> run, CancellationToken cancellationToken)
    {
        List<EventItem> events;
        var type = types.Find(run[0].Type);
        try
        {
            if (type is null)
                throw new JsonException("This release does not know the event.");
            events = run.ConvertAll(r => new EventItem(r.MessageId, type.Deserialize(r.Body), r.Trace));
        }
        catch (JsonException e)
        {
            // Written by another release. Kept for the operator, and out of the way of the others.
            Log.UnknownEvent(logger, service, run[0].Type, run.Count, e.Message);
            await using var putAside = new NpgsqlCommand(_putAside, connection)
            {
                Parameters = { Ids(run), new() { Value = e.Message } },
            };
            await putAside.ExecuteNonQueryAsync(cancellationToken);
            return;
        }
        await transport.SendAsync(service, type, events, cancellationToken);
        HostingMetrics.EventsSent(service, type.Name, run.Count);
    }

    private static NpgsqlParameter Ids(List<OutboxRow> run) => new() { Value = run.ConvertAll(r => r.Id).ToArray() };

    private async Task<List<OutboxRow>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand(_select, connection);
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        var rows = new List<OutboxRow>();
        var lag = 0.0;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (rows.Count == 0)
                lag = reader.GetDouble(5);
            rows.Add(new OutboxRow
            {
                Id = reader.GetInt64(0),
                MessageId = reader.GetGuid(1),
                Type = reader.GetString(2),
                Body = reader.GetString(3),
                Trace = reader.IsDBNull(4) ? null : reader.GetString(4),
            });
        }
        HostingMetrics.SetOutboxLag(service, lag);
        return rows;
    }

    private static int EndOfRun(List<OutboxRow> rows, int first)
    {
        var end = first;
        var chars = 0;
        do
        {
            chars += rows[end].Body.Length;
            end++;
        }
        while (end < rows.Count && end - first < MaxRun && rows[end].Type == rows[first].Type
               && chars + rows[end].Body.Length <= MaxRunChars);
        return end;
    }

    private void ToldAway(Exception e)
    {
        if (!_isAway)
            Log.OutboxWaits(logger, service, e.Message);
        _isAway = true;
    }

    private void ToldBack()
    {
        if (_isAway)
            Log.OutboxGoesOn(logger, service);
        _isAway = false;
    }
}
