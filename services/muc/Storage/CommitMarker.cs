using System.Buffers.Binary;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>
/// By what a commit whose answer was lost is looked up: each transaction writes an id of its own into one row. The row holds what
/// the last committed transaction wrote, and is locked for as long as one that wrote to it is under way.
/// <para>A commit that was sent and not answered may also not have begun: it lies in a buffer on the way, and is carried out when
/// everybody has long acted on its not being there. So the row holds a turn as well, which every look-up ends, and what was sent in
/// an earlier turn fails (<see cref="NotOurTurn"/>).</para>
/// <para>Beside it stands since when there were messages that the server had not been given: see <see cref="Rooms.Undelivered"/>.</para>
/// <para>The id of the transaction would not do: after a crash PostgreSQL gives out the ids of transactions that left no trace on the
/// disk a second time, and pg_xact_status then answers for somebody else's.</para>
/// </summary>
internal sealed class CommitMarker
{
    /// <summary>SQLSTATE of the statement of <see cref="WriteCommand"/> where a later turn has begun: the square root of -1.</summary>
    public const string NotOurTurn = "2201F";

    private const string Name = "last-commit";

    // The row: an id of 16 bytes, the ticks of the oldest undelivered message, the turn.
    private const int IdLength = 16;
    private const int TurnAt = IdLength + sizeof(long);
    private const int Length = TurnAt + sizeof(long);

    // Whoever holds the row in the meantime is a transaction of a connection that is dead and does not know it yet.
    private const string Patience = "set local lock_timeout = '2s'";

    private long _turn;
    private long _nextTurn;

    public bool HasTurn => _turn > 0;

    public void EndTurn() => _turn = 0;

    /// <summary>What <see cref="BeginTurnAsync"/> wrote has been committed.</summary>
    public void TakeTurn() => _turn = _nextTurn;

    /// <summary>One statement of the transaction, before anything that could commit.</summary>
    /// <param name="undelivered">Null: the server has been given everything.</param>
    public NpgsqlBatchCommand WriteCommand(Guid id, DateTimeOffset? undelivered)
    {
        var value = new byte[Length];
        id.TryWriteBytes(value);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(IdLength), undelivered?.UtcTicks ?? 0);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(TurnAt), _turn);
        return new NpgsqlBatchCommand("""
            with written as (update muc.settings set value = $2 where name = $1 and substr(value, 25) = $3 returning 1)
            select sqrt(count(*) - 1) from written
            """)
        {
            Parameters = { new() { Value = Name }, new() { Value = value }, new() { Value = value[TurnAt..] } },
        };
    }

    /// <summary>Since when there may be messages that are stored and that somebody missed, when the last process ended; null:
    /// none.</summary>
    public static async Task<DateTimeOffset?> UndeliveredAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select value from muc.settings where name = $1");
        command.Parameters.Add(new() { Value = Name });
        return await command.ExecuteScalarAsync(cancellationToken) is byte[] { Length: >= TurnAt } value
            && BinaryPrimitives.ReadInt64BigEndian(value.AsSpan(IdLength)) is > 0 and var ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }

    /// <summary>Locks the row and writes the next turn into it, which counts when the caller has committed it.</summary>
    /// <param name="doubtful">A transaction's id, whose commit was not answered.</param>
    /// <returns>Whether that has committed; false: it never will.</returns>
    /// <exception cref="PostgresException">55P03: it is not over yet.</exception>
    public async Task<bool> BeginTurnAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid? doubtful,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Patience));
        // Waits where the very first one is under way: its row cannot be seen, and so not be locked.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into muc.settings (name, value) values ($1, '') on conflict (name) do nothing")
        {
            Parameters = { new() { Value = Name } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select value from muc.settings where name = $1 for update")
        {
            Parameters = { new() { Value = Name } },
        });
        var last = await batch.ExecuteScalarAsync(cancellationToken) as byte[] ?? [];
        // What an earlier version wrote is shorter.
        var next = new byte[Length];
        last.AsSpan(0, Math.Min(last.Length, Length)).CopyTo(next);
        _nextTurn = BinaryPrimitives.ReadInt64BigEndian(next.AsSpan(TurnAt)) + 1;
        BinaryPrimitives.WriteInt64BigEndian(next.AsSpan(TurnAt), _nextTurn);
        await using var command = new NpgsqlCommand("update muc.settings set value = $2 where name = $1", connection, transaction)
        {
            Parameters = { new() { Value = Name }, new() { Value = next } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        return doubtful is { } id && last.Length >= IdLength && last.AsSpan(0, IdLength).SequenceEqual(id.ToByteArray());
    }
}
