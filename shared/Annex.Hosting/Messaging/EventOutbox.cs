using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Hosting.Messaging;

/// <summary>
/// A service's outgoing events: rows of its schema's <c>outbox</c>, written in the caller's transaction, sent after its commit,
/// at least once and in the order of their rows. Keyed by the service's name:
/// <c>[FromKeyedServices("Muc")] EventOutbox</c>. Any thread.
/// </summary>
public sealed class EventOutbox
{
    private readonly string _insert;
    private readonly EventTypes _types;
    private readonly OutboxSignal _signal;

    internal EventOutbox(string schema, EventTypes types, OutboxSignal signal)
    {
        _insert = $"insert into {schema}.outbox (message_id, type, body, trace) values ($1, $2, $3, $4)";
        _types = types;
        _signal = signal;
    }

    /// <summary>The event leaves if, and only if, <paramref name="db"/>'s SaveChanges commits.</summary>
    public void Add(DbContext db, object @event)
    {
        var type = _types.Of(@event);
        db.Set<OutboxRow>().Add(new OutboxRow
        {
            MessageId = Guid.CreateVersion7(),
            Type = type.Name,
            Body = type.Serialize(@event),
            Trace = Activity.Current?.Id,
        });
        _signal.Touch();
    }

    /// <summary>The event leaves if, and only if, <paramref name="transaction"/> commits.</summary>
    public async Task AddAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, object @event,
        CancellationToken cancellationToken)
    {
        var type = _types.Of(@event);
        await using var command = new NpgsqlCommand(_insert, connection, transaction);
        AddParameters(command.Parameters, type, @event);
        await command.ExecuteNonQueryAsync(cancellationToken);
        _signal.Touch();
    }

    /// <summary>The event as a statement of a batch that the caller runs in its transaction.</summary>
    /// <param name="event">One of Annex.Contracts' events.</param>
    /// <param name="trace">W3C traceparent of the work that emits it; null for the activity of this moment.</param>
    public NpgsqlBatchCommand CreateBatchCommand(object @event, string? trace = null)
    {
        var command = new NpgsqlBatchCommand(_insert);
        AddParameters(command.Parameters, _types.Of(@event), @event, trace);
        _signal.Touch();
        return command;
    }

    /// <summary>Looks for events at once. Not needed for their leaving, which is a few milliseconds after the commit anyway;
    /// useful after a transaction that was open for seconds.</summary>
    public void Signal() => _signal.Touch();

    private static void AddParameters(NpgsqlParameterCollection parameters, EventType type, object @event, string? trace = null)
    {
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = type.Name });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = type.Serialize(@event) });
        parameters.Add(new NpgsqlParameter
        {
            Value = (object?)(trace ?? Activity.Current?.Id) ?? DBNull.Value,
            NpgsqlDbType = NpgsqlDbType.Text,
        });
    }
}
