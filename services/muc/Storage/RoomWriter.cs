using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>Rooms themselves: made, changed, removed, each with the event that tells of it. Several statements, whose answers are
/// needed for the next.</summary>
internal sealed class RoomWriter(ArchiveNumbers numbers, RoomEvents events, TimeProvider time)
{
    private const string Upsert = """
        insert into muc.rooms as r (room, name, is_public, configuration, creator, created_at, subject, version)
        select *, $8 from unnest($1::text[], $2::text[], $3::boolean[], $4::jsonb[], $5::text[], $6::timestamptz[], $7::jsonb[])
        on conflict (room) do update set name = excluded.name, is_public = excluded.is_public,
            configuration = excluded.configuration, subject = excluded.subject, version = greatest(r.version + 1, excluded.version)
        returning r.room, r.version, (xmax = 0)
        """;

    public async Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, ChangeSegment segment,
        CancellationToken cancellationToken)
    {
        if (segment.Rooms.Count == 0) return;
        var rooms = segment.Rooms.Values;
        var versions = new List<(Jid Room, long Version, bool IsNew)>(rooms.Count);
        await using (var command = new NpgsqlCommand(Upsert, connection, transaction)
        {
            Parameters =
            {
                Columns.Texts(rooms.Select(r => r.Room.ToString())),
                Columns.Texts(rooms.Select(r => r.Configuration.Name)),
                Columns.Array(NpgsqlDbType.Boolean, rooms.Select(r => r.Configuration.IsPublic)),
                Columns.Array(NpgsqlDbType.Jsonb, rooms.Select(r => StoredJson.Write(r.Configuration))),
                Columns.Texts(rooms.Select(r => r.Creator.ToString())),
                Columns.Array(NpgsqlDbType.TimestampTz, rooms.Select(r => r.CreatedAt)),
                Columns.Array(NpgsqlDbType.Jsonb, rooms.Select(r => StoredJson.Write(r.Subject))),
                new() { Value = events.NextVersion(time.GetUtcNow()) },
            },
        })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                versions.Add((Jid.FromServer(System.Text.Encoding.UTF8.GetBytes(reader.GetString(0)))!, reader.GetInt64(1), reader.GetBoolean(2)));
        }
        var made = versions.Where(v => v.IsNew).Select(v => v.Room.ToString()).ToArray();
        if (made.Length > 0)
        {
            await using var command = new NpgsqlCommand("delete from muc.tombstones where room = any($1)", connection, transaction);
            command.Parameters.Add(Columns.Texts(made));
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        foreach (var (room, version, isNew) in versions)
            await events.TellAsync(connection, transaction, segment.Rooms[room], version, isNew, cancellationToken);
    }

    public async Task RemoveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, RoomRemoved removed,
        CancellationToken cancellationToken)
    {
        var room = removed.Room.ToString();
        var now = time.GetUtcNow();
        numbers.Forget(removed.Room);
        long version = 0;
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            foreach (var table in (string[])["affiliations", "occupants", "subscriptions", "tombstones", "mutes", "vcards"])
                batch.BatchCommands.Add(new NpgsqlBatchCommand($"delete from muc.{table} where room = $1") { Parameters = { new() { Value = room } } });
            batch.BatchCommands.Add(new NpgsqlBatchCommand("update muc.archives set room = null, removed_at = $2 where room = $1")
            {
                Parameters = { new() { Value = room }, new() { Value = now } },
            });
            if (removed.Tombstone is { } tombstone) batch.BatchCommands.Add(Insert(tombstone));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("delete from muc.rooms where room = $1 returning version")
            {
                Parameters = { new() { Value = room } },
            });
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            do
            {
                while (reader.FieldCount == 1 && await reader.ReadAsync(cancellationToken)) version = reader.GetInt64(0);
            }
            while (await reader.NextResultAsync(cancellationToken));
        }
        if (version > 0) await events.TellRemovedAsync(connection, transaction, removed, version, cancellationToken);
    }

    private static NpgsqlBatchCommand Insert(Tombstone tombstone) => new("""
        insert into muc.tombstones (room, destroyed_by, alternate, reason, at, until) values ($1, $2, $3, $4, $5, $6)
        """)
    {
        Parameters =
        {
            new() { Value = tombstone.Room.ToString() },
            new() { Value = tombstone.By.ToString() },
            new() { Value = (object?)tombstone.Alternate?.ToString() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = (object?)tombstone.Reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = tombstone.At },
            new() { Value = tombstone.Until },
        },
    };
}
