using System.Buffers.Binary;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>
/// By what a commit whose answer was lost is looked up: each transaction writes an id of its own into one row. The row holds what
/// the last committed transaction wrote, and is locked for as long as one that wrote to it is under way.
/// <para>Beside it stands since when there were messages that the server had not been given: see <see cref="Rooms.Undelivered"/>.</para>
/// <para>The id of the transaction would not do: after a crash PostgreSQL gives out the ids of transactions that left no trace on the
/// disk a second time, and pg_xact_status then answers for somebody else's.</para>
/// </summary>
internal static class CommitMarker
{
    private const string Name = "last-commit";
    private const int IdLength = 16;

    // Whoever holds the row in the meantime is a transaction of a connection that is dead and does not know it yet.
    private const string Patience = "set local lock_timeout = '2s'";

    /// <summary>One statement of the transaction, before anything that could commit.</summary>
    /// <param name="undelivered">Null: the server has been given everything.</param>
    public static NpgsqlBatchCommand WriteCommand(Guid id, DateTimeOffset? undelivered)
    {
        var value = new byte[IdLength + sizeof(long)];
        id.TryWriteBytes(value);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(IdLength), undelivered?.UtcTicks ?? 0);
        return new NpgsqlBatchCommand("""
            insert into muc.settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value
            """)
        {
            Parameters = { new() { Value = Name }, new() { Value = value } },
        };
    }

    /// <summary>Since when there may be messages that are stored and that somebody missed, when the last process ended; null:
    /// none.</summary>
    public static async Task<DateTimeOffset?> UndeliveredAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select value from muc.settings where name = $1");
        command.Parameters.Add(new() { Value = Name });
        return await command.ExecuteScalarAsync(cancellationToken) is byte[] { Length: IdLength + sizeof(long) } value
            && BinaryPrimitives.ReadInt64BigEndian(value.AsSpan(IdLength)) is > 0 and var ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }

    /// <summary>Whether the transaction that wrote this id has committed; false: it never will.</summary>
    /// <exception cref="PostgresException">55P03: it is not over yet.</exception>
    public static async Task<bool> HasCommittedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid id,
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
        return await batch.ExecuteScalarAsync(cancellationToken) is byte[] { Length: >= IdLength } last
            && last.AsSpan(0, IdLength).SequenceEqual(id.ToByteArray());
    }
}
