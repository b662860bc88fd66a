using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>Rooms in PostgreSQL: reads here, writes through the group committer.</summary>
internal sealed class RoomStore(NpgsqlDataSource database, GroupCommitter committer, CommittedRooms news, MucOptions options,
    TimeProvider time) : IRoomStore
{
    private const string OccupantIdSecret = "occupant-id-secret";

    /// <summary>Messages that are repeated after a crash at most; it is the last fraction of a second, as a rule.</summary>
    private const int MaxRepeated = 20_000;

    /// <summary>Subscriptions of one person in one answer: some 200 KB.</summary>
    private const int MaxListed = 1000;

    // Not every message is history (markers, reactions): four times as many as wanted are looked at, no more.
    private const string ReadHistory = """
        select id, at, sender, author, occupant_id, raw_id, tail from (
            select * from muc.messages where archive = (select id from muc.archives where room = $1) order by number desc limit $2 * 4) m
        where is_history order by number desc limit $2
        """;

    private readonly RoomLookup _lookup = new(database, options.StoreTimeout);

    public long ListVersion => news.Count;

    public void Commit(Jid room, IReadOnlyList<RoomChange> changes, Action<bool>? outcome) =>
        committer.Add(new PendingChanges(room, changes, MessageTraces.Begin(changes, outcome),
            outcome is null ? long.MaxValue : committer.DeadlineFromNow()));

    public async Task<StoredRoom> LoadAsync(Jid room, CancellationToken cancellationToken)
    {
        try
        {
            // A room that just left memory may have changes that are still on their way.
            await committer.FlushAsync(room, cancellationToken);
            if (!await _lookup.IsKnownAsync(room.ToString(), cancellationToken)) return new StoredRoom();
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(options.StoreTimeout);
            return await ReadAsync(room, patience.Token);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new IOException("The database is away.", e);
        }
    }

    public async IAsyncEnumerable<Jid> RoomsWithOccupantsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select distinct room from muc.occupants");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return Address(reader.GetString(0));
    }

    /// <summary>What was archived since a moment in rooms that have occupants, by room and in its order.</summary>
    public async Task<IReadOnlyDictionary<Jid, List<ArchiveAppend>>> ArchivedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select m.id, m.at, m.sender, m.author, m.occupant_id, m.raw_id, m.tail, a.room
            from (select distinct room from muc.occupants) o join muc.archives a on a.room = o.room
                join muc.messages m on m.archive = a.id and m.at >= $1
            order by a.room, m.number limit $2
            """);
        command.Parameters.Add(new() { Value = since });
        command.Parameters.Add(new() { Value = MaxRepeated });
        var rooms = new Dictionary<Jid, List<ArchiveAppend>>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var room = Address(reader.GetString(7));
            if (!rooms.TryGetValue(room, out var messages)) rooms[room] = messages = [];
            messages.Add(ReadMessage(reader));
        }
        return rooms;
    }

    public async Task<RoomPage> ListPublicAsync(Jid? after, Jid? before, bool fromEnd, int max, CancellationToken cancellationToken)
    {
        var low = after?.ToString() ?? "";
        var high = before?.ToString();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        var order = fromEnd ? "desc" : "asc";
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"select room, name from muc.rooms where is_public and room > $1 and ($2::text is null or room < $2) order by room {order} limit $3")
        { Parameters = { new() { Value = low }, Text(high), new() { Value = max } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select count(*) from muc.rooms where is_public"));
        var rooms = new List<RoomSummary>();
        long total = 0;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) rooms.Add(new RoomSummary(Address(reader.GetString(0)), reader.GetString(1)));
            await reader.NextResultAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken)) total = reader.GetInt64(0);
        }
        if (fromEnd) rooms.Reverse();
        var first = rooms.Count == 0 ? 0 : await CountBeforeAsync(connection, rooms[0].Room, cancellationToken);
        return new RoomPage(rooms, (int)first, (int)total);
    }

    public async Task<(int All, int Own)> CountRoomsAsync(Jid creator, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select count(*), count(*) filter (where creator = $1) from muc.rooms");
        command.Parameters.Add(new() { Value = creator.ToString() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return ((int)reader.GetInt64(0), (int)reader.GetInt64(1));
    }

    /// <summary>The rooms of which somebody gets events while he is not in them, by address.</summary>
    public async Task<IReadOnlyList<(Jid Room, string Nick, SubscriptionNodes Nodes)>> SubscriptionsOfAsync(Jid bare,
        CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select room, nick, nodes from muc.subscriptions where subject = $1 order by room limit $2");
        command.Parameters.Add(new() { Value = bare.ToString() });
        command.Parameters.Add(new() { Value = MaxListed });
        var list = new List<(Jid, string, SubscriptionNodes)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            list.Add((Address(reader.GetString(0)), reader.GetString(1), (SubscriptionNodes)reader.GetInt32(2)));
        return list;
    }

    /// <summary>How many rooms each creator has, for the census at the start.</summary>
    public async IAsyncEnumerable<(Jid Creator, int Rooms)> CountByCreatorAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select creator, count(*) from muc.rooms group by creator");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return (Address(reader.GetString(0)), (int)reader.GetInt64(1));
    }

    /// <summary>The secret of occupant ids: made at the first start, the same ever after.</summary>
    public async Task<byte[]> OccupantIdSecretAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var make = new NpgsqlCommand("insert into muc.settings (name, value) values ($1, $2) on conflict do nothing", connection)
        {
            Parameters = { new() { Value = OccupantIdSecret }, new() { Value = RandomNumberGenerator.GetBytes(32) } },
        };
        await make.ExecuteNonQueryAsync(cancellationToken);
        await using var read = new NpgsqlCommand("select value from muc.settings where name = $1", connection)
        {
            Parameters = { new() { Value = OccupantIdSecret } },
        };
        return (byte[])(await read.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<StoredRoom> ReadAsync(Jid room, CancellationToken cancellationToken)
    {
        var name = room.ToString();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in (string[])
                 [
                     "select configuration, creator, created_at, subject from muc.rooms where room = $1",
                     "select subject, affiliation, nick, reason, until from muc.affiliations where room = $1",
                     "select session, nick, role, presence from muc.occupants where room = $1",
                     "select destroyed_by, alternate, reason, at, until from muc.tombstones where room = $1",
                     "select subject, nick, nodes from muc.subscriptions where room = $1",
                 ])
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = name } } });
        }
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ReadHistory)
        {
            Parameters = { new() { Value = name }, new() { Value = options.MaxHistory } },
        });
        foreach (var sql in DeskReader.Queries)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = name } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var stored = new StoredRoom { Record = await ReadRecordAsync(reader, room, cancellationToken) };
        await reader.NextResultAsync(cancellationToken);
        stored = stored with { Affiliations = await ReadAffiliationsAsync(reader, cancellationToken) };
        await reader.NextResultAsync(cancellationToken);
        stored = stored with { Occupants = await ReadOccupantsAsync(reader, cancellationToken) };
        await reader.NextResultAsync(cancellationToken);
        stored = stored with { Tombstone = await ReadTombstoneAsync(reader, room, cancellationToken) };
        await reader.NextResultAsync(cancellationToken);
        stored = stored with { Subscriptions = await ReadSubscriptionsAsync(reader, cancellationToken) };
        await reader.NextResultAsync(cancellationToken);
        stored = stored with { History = await ReadHistoryAsync(reader, cancellationToken) };
        return await DeskReader.ReadAsync(stored, reader, cancellationToken);
    }

    private static async Task<RoomRecord?> ReadRecordAsync(NpgsqlDataReader reader, Jid room, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new RoomRecord(room, StoredJson.ReadConfiguration(reader.GetString(0)), Address(reader.GetString(1)),
            reader.GetFieldValue<DateTimeOffset>(2), StoredJson.ReadSubject(reader.IsDBNull(3) ? null : reader.GetString(3)));
    }

    private static async Task<List<AffiliationRecord>> ReadAffiliationsAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var list = new List<AffiliationRecord>();
        while (await reader.ReadAsync(cancellationToken))
        {
            list.Add(new AffiliationRecord(Address(reader.GetString(0)), (Affiliation)reader.GetInt16(1), NullableText(reader, 2),
                NullableText(reader, 3))
            {
                Until = reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
            });
        }
        return list;
    }

    private static async Task<List<OccupantRecord>> ReadOccupantsAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var list = new List<OccupantRecord>();
        while (await reader.ReadAsync(cancellationToken))
        {
            list.Add(new OccupantRecord(Address(reader.GetString(0)), reader.GetString(1), (Role)reader.GetInt16(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<byte[]>(3)));
        }
        return list;
    }

    private static async Task<List<SubscriptionRecord>> ReadSubscriptionsAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var list = new List<SubscriptionRecord>();
        while (await reader.ReadAsync(cancellationToken))
            list.Add(new SubscriptionRecord(Address(reader.GetString(0)), reader.GetString(1), (SubscriptionNodes)reader.GetInt32(2)));
        return list;
    }

    private async Task<Tombstone?> ReadTombstoneAsync(NpgsqlDataReader reader, Jid room, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var tombstone = new Tombstone(room, Address(reader.GetString(0)), NullableText(reader, 1) is { } alternate ? Address(alternate) : null,
            NullableText(reader, 2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetFieldValue<DateTimeOffset>(4));
        return tombstone.Until > time.GetUtcNow() ? tombstone : null;
    }

    private static async Task<List<ArchiveAppend>> ReadHistoryAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var list = new List<ArchiveAppend>();
        while (await reader.ReadAsync(cancellationToken))
        {
            list.Add(ReadMessage(reader));
        }
        list.Reverse();
        return list;
    }

    private static ArchiveAppend ReadMessage(NpgsqlDataReader reader)
    {
        var sender = Address(reader.GetString(2));
        return new ArchiveAppend(reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1), sender,
            NullableText(reader, 3) is { } author ? Address(author) : sender.Bare, reader.GetFieldValue<byte[]>(4),
            reader.GetFieldValue<byte[]>(5), reader.GetFieldValue<byte[]>(6), IsHistory: true);
    }

    private static async Task<long> CountBeforeAsync(NpgsqlConnection connection, Jid room, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select count(*) from muc.rooms where is_public and room < $1", connection)
        {
            Parameters = { new() { Value = room.ToString() } },
        };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static string? NullableText(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static Jid Address(string text) => Jid.FromServer(Encoding.UTF8.GetBytes(text))!;
}
