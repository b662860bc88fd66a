using Annex.Hosting.Storage;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>Writes one batch of changes inside a transaction that the committer opens and commits.</summary>
internal sealed class BatchWriter(Lease lease, ArchiveNumbers numbers, RoomEvents events, TextIndexer texts, TimeProvider time)
{
    /// <summary>From this many messages on COPY costs less than an insert.</summary>
    private const int CopyFrom = 16;

    private const string CopyMessages = """
        copy muc.messages (archive, number, id, at, sender, author, occupant_id, raw_id, tail, is_history) from stdin (format binary)
        """;

    private const string InsertMessages = """
        insert into muc.messages (archive, number, id, at, sender, author, occupant_id, raw_id, tail, is_history)
        select * from unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::bytea[],
            $8::bytea[], $9::bytea[], $10::boolean[])
        """;

    private const string UpsertRooms = """
        insert into muc.rooms as r (room, name, is_public, configuration, creator, created_at, subject, version)
        select *, $8 from unnest($1::text[], $2::text[], $3::boolean[], $4::jsonb[], $5::text[], $6::timestamptz[], $7::jsonb[])
        on conflict (room) do update set name = excluded.name, is_public = excluded.is_public,
            configuration = excluded.configuration, subject = excluded.subject, version = greatest(r.version + 1, excluded.version)
        returning r.room, r.version, (xmax = 0)
        """;

    private const string UpsertAffiliations = """
        insert into muc.affiliations (room, subject, affiliation, nick, reason, changed_by, until, changed_at)
        select *, $8 from unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
        on conflict (room, subject) do update set affiliation = excluded.affiliation, nick = excluded.nick,
            reason = excluded.reason, changed_by = excluded.changed_by, until = excluded.until, changed_at = excluded.changed_at
        """;

    private const string DeleteAffiliations = """
        delete from muc.affiliations a using unnest($1::text[], $2::text[]) as d(room, subject)
        where a.room = d.room and a.subject = d.subject
        """;

    private const string UpsertOccupants = """
        insert into muc.occupants as o (room, session, nick, role, presence)
        select * from unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::bytea[])
        on conflict (room, session) do update set nick = excluded.nick, role = excluded.role,
            presence = coalesce(excluded.presence, o.presence)
        """;

    private const string DeleteOccupants = """
        delete from muc.occupants o using unnest($1::text[], $2::text[]) as d(room, session)
        where o.room = d.room and o.session = d.session
        """;

    private const string UpdatePresences = """
        update muc.occupants o set presence = d.presence from unnest($1::text[], $2::text[], $3::bytea[]) as d(room, session, presence)
        where o.room = d.room and o.session = d.session
        """;

    private readonly RetractionWriter _retractions = new(events);
    private bool _isToldUndelivered;

    /// <summary>What the rooms have not delivered yet; set before the first batch.</summary>
    public Undelivered? Undelivered { get; set; }

    /// <summary>The database still says that somebody may miss something, and it is so no longer.</summary>
    public bool MustTellDelivered => _isToldUndelivered && Undelivered?.Since() is null;

    /// <summary>The database says that somebody may miss something.</summary>
    public bool HasToldUndelivered => _isToldUndelivered;

    /// <summary>Writes all, in order. On an exception the numbers are to be forgotten, since the transaction will not commit.</summary>
    /// <param name="marker">By it a commit without an answer is looked up: see <see cref="CommitMarker"/>.</param>
    /// <exception cref="LeaseLostException">Another process owns the rooms now.</exception>
    public async Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<PendingChanges> changes,
        Guid marker, CancellationToken cancellationToken)
    {
        events.Begin();
        var segments = ChangeSegment.Split(changes);
        await BeginAsync(connection, transaction, segments, marker, cancellationToken);
        foreach (var segment in segments)
        {
            await WriteMessagesAsync(connection, segment, cancellationToken);
            foreach (var (room, retraction) in segment.Retractions)
                await _retractions.WriteAsync(connection, transaction, room, retraction, cancellationToken);
            await WriteRoomsAsync(connection, transaction, segment, cancellationToken);
            await using var batch = new NpgsqlBatch(connection, transaction);
            AddAffiliations(batch, segment);
            AddOccupants(batch, segment);
            DeskWriter.Add(batch, segment.Desk);
            SubscriptionWriter.Add(batch, segment.Subscriptions);
            if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellationToken);
            foreach (var removed in segment.Removed.Values)
                await RemoveRoomAsync(connection, transaction, removed, cancellationToken);
        }
    }

    /// <summary>What <see cref="WriteAsync"/> wrote last is durable.</summary>
    public void Committed() => events.Committed();

    /// <summary>Takes messages out again whose senders were refused.</summary>
    public static async Task TakeBackAsync(NpgsqlConnection connection, NpgsqlTransaction transaction,
        IReadOnlyCollection<(Jid Room, Guid Id)> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0) return;
        await using var command = new NpgsqlCommand("""
            delete from muc.messages m using unnest($1::text[], $2::uuid[]) as d(room, id) join muc.archives a on a.room = d.room
            where m.archive = a.id and m.id = d.id
            """, connection, transaction)
        {
            Parameters = { Texts(messages.Select(m => m.Room.ToString())), Array(NpgsqlDbType.Uuid, messages.Select(m => m.Id)) },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>One round trip: the fence, the marker, and the archives that are not known yet.</summary>
    private async Task BeginAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, List<ChangeSegment> segments, Guid marker,
        CancellationToken cancellationToken)
    {
        var undelivered = Undelivered?.Since();
        _isToldUndelivered = undelivered is not null;
        var unknown = segments[0].Messages.Select(m => m.Room).Where(r => !numbers.TryGet(r, out _)).Distinct().ToArray();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(lease.CreateFenceCommand());
        batch.BatchCommands.Add(CommitMarker.WriteCommand(marker, undelivered));
        AddArchiveLookup(batch, unknown);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) throw new LeaseLostException(lease.Name);
        if (unknown.Length > 0) await ReadArchivesAsync(reader, cancellationToken);
        // To the end, so that an error of any of the statements is met here.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }
    }

    private static void AddArchiveLookup(NpgsqlBatch batch, Jid[] rooms)
    {
        if (rooms.Length == 0) return;
        var names = Texts(rooms.Select(r => r.ToString()));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "insert into muc.archives (room) select unnest($1::text[]) on conflict (room) do nothing")
        { Parameters = { names } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            select a.room, a.id, greatest((select max(number) from muc.messages m where m.archive = a.id), a.counted, a.indexed)
            from muc.archives a where a.room = any($1)
            """)
        { Parameters = { Texts(rooms.Select(r => r.ToString())) } });
    }

    private async Task ReadArchivesAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken);
        do
        {
            while (reader.FieldCount == 3 && await reader.ReadAsync(cancellationToken))
                numbers.Set(Jid.FromServer(System.Text.Encoding.UTF8.GetBytes(reader.GetString(0)))!, reader.GetInt64(1), reader.GetInt64(2));
        }
        while (await reader.NextResultAsync(cancellationToken));
    }

    private async Task WriteMessagesAsync(NpgsqlConnection connection, ChangeSegment segment, CancellationToken cancellationToken)
    {
        if (segment.Messages.Count == 0) return;
        var rows = new List<(long Archive, long Number, ArchiveAppend Message)>(segment.Messages.Count);
        foreach (var (room, message) in segment.Messages)
        {
            // A room that was made again within this very batch has no archive yet.
            if (!numbers.TryGet(room, out var place)) place = await MakeArchiveAsync(connection, room, cancellationToken);
            numbers.Set(room, place.Archive, place.Last + 1);
            texts.Written(room);
            rows.Add((place.Archive, place.Last + 1, message));
        }
        if (rows.Count >= CopyFrom) await CopyAsync(connection, rows, cancellationToken);
        else await InsertAsync(connection, rows, cancellationToken);
        await using var told = new NpgsqlBatch(connection);
        foreach (var (room, message) in segment.Messages)
        {
            if (message.Posted is not null) told.BatchCommands.Add(events.PostedCommand(room, message));
        }
        if (told.BatchCommands.Count > 0) await told.ExecuteNonQueryAsync(cancellationToken);
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
        await using var copy = await connection.BeginBinaryImportAsync(CopyMessages, cancellationToken);
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

    private static async Task InsertAsync(NpgsqlConnection connection, List<(long Archive, long Number, ArchiveAppend Message)> rows,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(InsertMessages, connection)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Bigint, rows.Select(r => r.Archive)),
                Array(NpgsqlDbType.Bigint, rows.Select(r => r.Number)),
                Array(NpgsqlDbType.Uuid, rows.Select(r => r.Message.Id)),
                Array(NpgsqlDbType.TimestampTz, rows.Select(r => r.Message.At)),
                Texts(rows.Select(r => r.Message.From.ToString())),
                Texts(rows.Select(r => r.Message.Author.ToString())),
                Array(NpgsqlDbType.Bytea, rows.Select(r => r.Message.OccupantId)),
                Array(NpgsqlDbType.Bytea, rows.Select(r => r.Message.RawId)),
                Array(NpgsqlDbType.Bytea, rows.Select(r => r.Message.Tail)),
                Array(NpgsqlDbType.Boolean, rows.Select(r => r.Message.IsHistory)),
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task WriteRoomsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, ChangeSegment segment,
        CancellationToken cancellationToken)
    {
        if (segment.Rooms.Count == 0) return;
        var rooms = segment.Rooms.Values;
        var versions = new List<(Jid Room, long Version, bool IsNew)>(rooms.Count);
        await using (var command = new NpgsqlCommand(UpsertRooms, connection, transaction)
        {
            Parameters =
            {
                Texts(rooms.Select(r => r.Room.ToString())),
                Texts(rooms.Select(r => r.Configuration.Name)),
                Array(NpgsqlDbType.Boolean, rooms.Select(r => r.Configuration.IsPublic)),
                Array(NpgsqlDbType.Jsonb, rooms.Select(r => StoredJson.Write(r.Configuration))),
                Texts(rooms.Select(r => r.Creator.ToString())),
                Array(NpgsqlDbType.TimestampTz, rooms.Select(r => r.CreatedAt)),
                Array(NpgsqlDbType.Jsonb, rooms.Select(r => StoredJson.Write(r.Subject))),
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
            command.Parameters.Add(Texts(made));
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        foreach (var (room, version, isNew) in versions)
            await events.TellAsync(connection, transaction, segment.Rooms[room], version, isNew, cancellationToken);
    }

    private void AddAffiliations(NpgsqlBatch batch, ChangeSegment segment)
    {
        if (segment.Affiliations.Count == 0) return;
        var kept = segment.Affiliations.Where(a => !IsEmpty(a.Value.Entry)).ToList();
        var gone = segment.Affiliations.Where(a => IsEmpty(a.Value.Entry)).ToList();
        if (kept.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(UpsertAffiliations)
            {
                Parameters =
                {
                    Texts(kept.Select(a => a.Key.Room.ToString())),
                    Texts(kept.Select(a => a.Key.Subject.ToString())),
                    Array(NpgsqlDbType.Smallint, kept.Select(a => (short)a.Value.Entry.Affiliation)),
                    Texts(kept.Select(a => a.Value.Entry.Nick)),
                    Texts(kept.Select(a => a.Value.Entry.Reason)),
                    Texts(kept.Select(a => a.Value.By?.ToString())),
                    Array(NpgsqlDbType.TimestampTz, kept.Select(a => a.Value.Entry.Until?.ToUniversalTime())),
                    new() { Value = time.GetUtcNow() },
                },
            });
        }
        if (gone.Count == 0) return;
        batch.BatchCommands.Add(new NpgsqlBatchCommand(DeleteAffiliations)
        {
            Parameters = { Texts(gone.Select(a => a.Key.Room.ToString())), Texts(gone.Select(a => a.Key.Subject.ToString())) },
        });
    }

    private static bool IsEmpty(AffiliationRecord entry) => entry is { Affiliation: Affiliation.None, Nick: null };

    private void AddOccupants(NpgsqlBatch batch, ChangeSegment segment)
    {
        var here = segment.Occupants.Where(o => o.Value is not null).ToList();
        var gone = segment.Occupants.Where(o => o.Value is null).ToList();
        foreach (var (room, _) in segment.Occupants.Keys) events.OccupantsChanged(room);
        if (here.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(UpsertOccupants)
            {
                Parameters =
                {
                    Texts(here.Select(o => o.Key.Room.ToString())),
                    Texts(here.Select(o => o.Key.Session.ToString())),
                    Texts(here.Select(o => o.Value!.Nick)),
                    Array(NpgsqlDbType.Smallint, here.Select(o => (short)o.Value!.Role)),
                    Array(NpgsqlDbType.Bytea, here.Select(o => o.Value!.Presence)),
                },
            });
        }
        if (gone.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(DeleteOccupants)
            {
                Parameters = { Texts(gone.Select(o => o.Key.Room.ToString())), Texts(gone.Select(o => o.Key.Session.ToString())) },
            });
        }
        if (segment.Presences.Count == 0) return;
        batch.BatchCommands.Add(new NpgsqlBatchCommand(UpdatePresences)
        {
            Parameters =
            {
                Texts(segment.Presences.Keys.Select(k => k.Room.ToString())),
                Texts(segment.Presences.Keys.Select(k => k.Session.ToString())),
                Array(NpgsqlDbType.Bytea, segment.Presences.Values),
            },
        });
    }

    private async Task RemoveRoomAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, RoomRemoved removed,
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

    private static NpgsqlParameter Texts(IEnumerable<string?> values) => Array(NpgsqlDbType.Text, values);

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };
}
