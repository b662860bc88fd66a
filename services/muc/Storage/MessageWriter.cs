using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>Messages of archives, numbered, and the events that tell who missed them.</summary>
internal sealed class MessageWriter(ArchiveNumbers numbers, RoomEvents events, TextIndexer texts)
{
    /// <summary>From this many messages on COPY, which is a conversation of its own, costs less than an insert.</summary>
    public const int CopyFrom = 500;

    private const string Copy = """
        copy muc.messages (archive, number, id, at, sender, author, occupant_id, raw_id, tail, is_history) from stdin (format binary)
        """;

    private const string Insert = """
        insert into muc.messages (archive, number, id, at, sender, author, occupant_id, raw_id, tail, is_history)
        select * from unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::bytea[],
            $8::bytea[], $9::bytea[], $10::boolean[])
        """;

    /// <summary>As statements of a batch; every archive has to be known.</summary>
    public void Add(NpgsqlBatch batch, ChangeSegment segment)
    {
        if (segment.Messages.Count == 0) return;
        var rows = new List<(long Archive, long Number, ArchiveAppend Message)>(segment.Messages.Count);
        foreach (var (room, message) in segment.Messages)
        {
            if (!numbers.TryGet(room, out var place)) throw new InvalidOperationException("The archive is not known.");
            rows.Add(Number(room, place, message));
        }
        batch.BatchCommands.Add(InsertCommand(rows));
        AddPosted(batch, segment);
    }

    public async Task WriteAsync(NpgsqlConnection connection, ChangeSegment segment, CancellationToken cancellationToken)
    {
        if (segment.Messages.Count == 0) return;
        var rows = new List<(long Archive, long Number, ArchiveAppend Message)>(segment.Messages.Count);
        foreach (var (room, message) in segment.Messages)
        {
            // A room that was made again within this very batch has no archive yet.
            if (!numbers.TryGet(room, out var place)) place = await MakeArchiveAsync(connection, room, cancellationToken);
            rows.Add(Number(room, place, message));
        }
        await using var batch = new NpgsqlBatch(connection);
        if (rows.Count >= CopyFrom) await CopyAsync(connection, rows, cancellationToken);
        else batch.BatchCommands.Add(InsertCommand(rows));
        AddPosted(batch, segment);
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private (long Archive, long Number, ArchiveAppend Message) Number(Jid room, (long Archive, long Last) place, ArchiveAppend message)
    {
        numbers.Set(room, place.Archive, place.Last + 1);
        texts.Written(room);
        return (place.Archive, place.Last + 1, message);
    }

    private void AddPosted(NpgsqlBatch batch, ChangeSegment segment)
    {
        foreach (var (room, message) in segment.Messages)
        {
            if (message.Posted is not null) batch.BatchCommands.Add(events.PostedCommand(room, message));
        }
    }

    private static async Task<(long Archive, long Last)> MakeArchiveAsync(NpgsqlConnection connection, Jid room,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("insert into muc.archives (room) values ($1) returning id", connection)
        {
            Parameters = { new() { Value = room.ToString() } },
        };
        return ((long)(await command.ExecuteScalarAsync(cancellationToken))!, 0);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, List<(long Archive, long Number, ArchiveAppend Message)> rows,
        CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(Copy, cancellationToken);
        foreach (var (archive, number, message) in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(archive, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(number, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(message.Id, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(message.At, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(message.From.ToString(), NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(message.Author.ToString(), NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(message.OccupantId, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(message.RawId, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(message.Tail, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(message.IsHistory, NpgsqlDbType.Boolean, cancellationToken);
        }
        await copy.CompleteAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand InsertCommand(List<(long Archive, long Number, ArchiveAppend Message)> rows) => new(Insert)
    {
        Parameters =
        {
            Columns.Array(NpgsqlDbType.Bigint, rows.Select(r => r.Archive)),
            Columns.Array(NpgsqlDbType.Bigint, rows.Select(r => r.Number)),
            Columns.Array(NpgsqlDbType.Uuid, rows.Select(r => r.Message.Id)),
            Columns.Array(NpgsqlDbType.TimestampTz, rows.Select(r => r.Message.At)),
            Columns.Texts(rows.Select(r => r.Message.From.ToString())),
            Columns.Texts(rows.Select(r => r.Message.Author.ToString())),
            Columns.Array(NpgsqlDbType.Bytea, rows.Select(r => r.Message.OccupantId)),
            Columns.Array(NpgsqlDbType.Bytea, rows.Select(r => r.Message.RawId)),
            Columns.Array(NpgsqlDbType.Bytea, rows.Select(r => r.Message.Tail)),
            Columns.Array(NpgsqlDbType.Boolean, rows.Select(r => r.Message.IsHistory)),
        },
    };
}
