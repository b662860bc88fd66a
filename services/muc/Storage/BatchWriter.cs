using Annex.Hosting.Storage;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>
/// Writes one batch of changes: what people do all day (messages, coming and going, affiliations) as one transaction in one round
/// trip, its commit included; what needs answers in between (a new archive, a room's settings, its end, a retraction, very many
/// messages) inside a transaction that the committer opens and commits.
/// </summary>
internal sealed class BatchWriter(Lease lease, ArchiveNumbers numbers, RoomEvents events, TextIndexer texts, TimeProvider time)
{
    private readonly CommitMarker _marker = new();
    private readonly MessageWriter _messages = new(numbers, events, texts);
    private readonly RoomWriter _rooms = new(numbers, events, time);
    private readonly RetractionWriter _retractions = new(events);
    private bool _isToldUndelivered;

    /// <summary>What the rooms have not delivered yet; set before the first batch.</summary>
    public Undelivered? Undelivered { get; set; }

    /// <summary>The database still says that somebody may miss something, and it is so no longer.</summary>
    public bool MustTellDelivered => _isToldUndelivered && Undelivered?.Since() is null;

    /// <summary>The database says that somebody may miss something.</summary>
    public bool HasToldUndelivered => _isToldUndelivered;

    public string LeaseName => lease.Name;

    /// <summary>Whether a turn has been taken since the last that failed: see <see cref="SettleAsync"/>.</summary>
    public bool HasTurn => _marker.HasTurn;

    /// <summary>Something failed, and nobody knows what of it the database still has to do.</summary>
    public void EndTurn() => _marker.EndTurn();

    /// <summary>Before the first batch and after every failure: whether a commit in doubt came about, and the beginning of a new turn,
    /// after which nothing of an earlier one can be stored, however late it arrives. Takes messages out again whose senders were
    /// refused.</summary>
    /// <exception cref="LeaseLostException">Another process owns the rooms now.</exception>
    public async Task<bool> SettleAsync(NpgsqlConnection connection, CommitAttempt attempt, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await lease.FenceAsync(connection, transaction, cancellationToken);
        var hasCommitted = await _marker.BeginTurnAsync(connection, transaction, attempt.Doubtful, cancellationToken);
        if (hasCommitted) await TakeBackAsync(connection, transaction, attempt.Revoked, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _marker.TakeTurn();
        if (hasCommitted) Committed();
        return hasCommitted;
    }

    /// <summary>What was written last is durable.</summary>
    public void Committed() => events.Committed();

    /// <summary>All as one batch of statements, which is a transaction by itself. Its errors are <see cref="Lease.NotOwner"/> and
    /// <see cref="CommitMarker.NotOurTurn"/>. On an exception the numbers are to be forgotten.</summary>
    /// <param name="marker">By it a commit without an answer is looked up: see <see cref="CommitMarker"/>.</param>
    /// <returns>Null where that cannot be.</returns>
    public NpgsqlBatch? TryMakeBatch(NpgsqlConnection connection, IReadOnlyList<PendingChanges> changes, Guid marker)
    {
        events.Begin();
        numbers.Trim();
        var segments = ChangeSegment.Split(changes);
        if (segments is not [var segment] || !segment.IsPlain || segment.Messages.Count >= MessageWriter.CopyFrom
            || segment.Messages.Exists(m => !numbers.TryGet(m.Room, out _)))
        {
            return null;
        }
        var batch = new NpgsqlBatch(connection);
        AddGuards(batch, marker);
        _messages.Add(batch, segment);
        AddRows(batch, segment);
        return batch;
    }

    /// <summary>Writes all, in order. On an exception the numbers are to be forgotten, since the transaction will not commit.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<PendingChanges> changes,
        Guid marker, CancellationToken cancellationToken)
    {
        var segments = ChangeSegment.Split(changes);
        await BeginAsync(connection, transaction, segments, marker, cancellationToken);
        foreach (var segment in segments)
        {
            await _messages.WriteAsync(connection, segment, cancellationToken);
            foreach (var (room, retraction) in segment.Retractions)
                await _retractions.WriteAsync(connection, transaction, room, retraction, cancellationToken);
            await _rooms.WriteAsync(connection, transaction, segment, cancellationToken);
            await using var batch = new NpgsqlBatch(connection, transaction);
            AddRows(batch, segment);
            if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellationToken);
            foreach (var removed in segment.Removed.Values)
                await _rooms.RemoveAsync(connection, transaction, removed, cancellationToken);
        }
    }

    private void AddRows(NpgsqlBatch batch, ChangeSegment segment)
    {
        AffiliationWriter.Add(batch, segment, time.GetUtcNow());
        OccupantWriter.Add(batch, segment);
        foreach (var (room, _) in segment.Occupants.Keys) events.OccupantsChanged(room);
        DeskWriter.Add(batch, segment.Desk);
        SubscriptionWriter.Add(batch, segment.Subscriptions);
    }

    /// <summary>The two that fail where another process or another attempt of ours has taken over. Both hold their row to the end.</summary>
    private void AddGuards(NpgsqlBatch batch, Guid marker)
    {
        var undelivered = Undelivered?.Since();
        _isToldUndelivered = undelivered is not null;
        batch.BatchCommands.Add(lease.CreateFenceCommand());
        batch.BatchCommands.Add(_marker.WriteCommand(marker, undelivered));
    }

    /// <summary>Takes messages out again whose senders were refused: the last of their archives. They may have been indexed and counted
    /// in the meantime; their numbers are given out again.</summary>
    private static async Task TakeBackAsync(NpgsqlConnection connection, NpgsqlTransaction transaction,
        List<(Jid Room, Guid Id)> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection, transaction);
        // As everybody does who takes a message back: see TextIndexer.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select 1 from muc.archives where room = any($1) order by id for no key update")
        {
            Parameters = { Columns.Texts(messages.Select(m => m.Room.ToString()).Distinct()) },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            with gone as (delete from muc.messages m using unnest($1::text[], $2::uuid[]) as d(room, message) join muc.archives a on a.room = d.room
                    where m.archive = a.id and m.id = d.message returning m.archive, m.number, {ArchiveSweep.Size} as size),
                words as (delete from muc.texts t using gone where t.archive = gone.archive and t.number = gone.number)
            update muc.archives a set indexed = least(a.indexed, g.first - 1), counted = least(a.counted, g.first - 1),
                bytes = a.bytes - coalesce((select sum(size) from gone where archive = a.id and number <= a.counted), 0)::bigint
            from (select archive, min(number) as first from gone group by archive) g where a.id = g.archive
            """)
        {
            Parameters = { Columns.Texts(messages.Select(m => m.Room.ToString())), Columns.Array(NpgsqlDbType.Uuid, messages.Select(m => m.Id)) },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>One round trip: the fence, the marker, and the archives that are not known yet.</summary>
    private async Task BeginAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, List<ChangeSegment> segments, Guid marker,
        CancellationToken cancellationToken)
    {
        var unknown = segments[0].Messages.Select(m => m.Room).Where(r => !numbers.TryGet(r, out _)).Distinct().ToArray();
        await using var batch = new NpgsqlBatch(connection, transaction);
        AddGuards(batch, marker);
        AddArchiveLookup(batch, unknown);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (unknown.Length > 0) await ReadArchivesAsync(reader, cancellationToken);
        // To the end, so that an error of any of the statements is met here.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }
    }

    private static void AddArchiveLookup(NpgsqlBatch batch, Jid[] rooms)
    {
        if (rooms.Length == 0) return;
        var names = Columns.Texts(rooms.Select(r => r.ToString()));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "insert into muc.archives (room) select unnest($1::text[]) on conflict (room) do nothing")
        { Parameters = { names } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            select a.room, a.id, greatest((select max(number) from muc.messages m where m.archive = a.id), a.counted, a.indexed)
            from muc.archives a where a.room = any($1)
            """)
        { Parameters = { Columns.Texts(rooms.Select(r => r.ToString())) } });
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
}
