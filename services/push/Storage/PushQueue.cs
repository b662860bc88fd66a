using System.Runtime.InteropServices;
using Annex.Push.Delivery;
using Annex.Push.Providers;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Push.Storage;

/// <summary>The durable queue on table push.queue. Times are the database's clock's neighbours: they come from the
/// caller's TimeProvider, so several processes have to agree on the time to a second or so.</summary>
public sealed class PushQueue(NpgsqlDataSource database, DeliveryOptions options, TimeProvider time) : IPushQueue
{
    // One statement for a batch. Within a batch a key may stand once only (ON CONFLICT would meet its own row): the
    // caller's duplicates are folded before.
    private const string Add = """
        insert into push.queue as q (key, registration_id, target, provider, app, payload, urgency, is_call, is_pending,
            version, attempts, due_at, expires_at, trace)
        select k, r, t, p, a, b, u, c, true, 1, 0, $10, e, w
        from unnest($1::text[], $2::bigint[], $3::bytea[], $4::text[], $5::text[], $6::bytea[], $7::smallint[],
            $8::boolean[], $9::timestamptz[], $12::text[]) as n(k, r, t, p, a, b, u, c, e, w)
        on conflict (key) do update set
            registration_id = excluded.registration_id, target = excluded.target, provider = excluded.provider,
            app = excluded.app,
            payload = case when q.is_pending and q.urgency > excluded.urgency then q.payload else excluded.payload end,
            is_call = excluded.is_call or (q.is_pending and q.is_call),
            urgency = case when q.is_pending then greatest(q.urgency, excluded.urgency) else excluded.urgency end,
            due_at = case when q.is_pending then q.due_at else greatest($10, coalesce(q.sent_at + $11, $10)) end,
            attempts = case when q.is_pending then q.attempts else 0 end,
            expires_at = excluded.expires_at, is_pending = true, version = q.version + 1, trace = excluded.trace
        returning q.key, q.version > 1 and (q.due_at > $10 or coalesce(q.claimed_until > $10, false))
        """;

    private const string Claim = """
        with due as (
            select key from push.queue
            where provider = $4 and is_pending and due_at <= $1 and (claimed_until is null or claimed_until <= $1)
            order by due_at limit $2 for update skip locked)
        update push.queue q set claimed_until = $3 from due where q.key = due.key
        returning q.key, q.registration_id, q.target, q.provider, q.app, q.payload, q.urgency, q.is_call, q.expires_at,
            q.version, q.attempts, q.trace
        """;

    // What came in while it was on its way has raised the version: it stays pending, due after the pause.
    private const string Complete = """
        update push.queue q set is_pending = q.version <> d.version, claimed_until = null, sent_at = $3, attempts = 0,
            due_at = $3 + $4
        from unnest($1::text[], $2::bigint[]) as d(key, version) where q.key = d.key
        """;

    private const string Postpone = """
        update push.queue set claimed_until = null, due_at = $2, attempts = attempts + $3 where key = $1
        """;

    public async Task<bool[]> AddAsync(IReadOnlyList<QueuedPush> pushes, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Add);
        return await AddAsync(command, pushes, cancellationToken);
    }

    /// <summary>As above, in the caller's transaction.</summary>
    public async Task AddAsync(IReadOnlyList<QueuedPush> pushes, NpgsqlConnection connection,
        NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Add, connection, transaction);
        await AddAsync(command, pushes, cancellationToken);
    }

    private async Task<bool[]> AddAsync(NpgsqlCommand command, IReadOnlyList<QueuedPush> pushes,
        CancellationToken cancellationToken)
    {
        var folded = Fold(pushes);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            Array(NpgsqlDbType.Text, folded, p => p.Key),
            Array(NpgsqlDbType.Bigint, folded, p => p.RegistrationId),
            Array(NpgsqlDbType.Bytea, folded, p => p.ClosedTarget),
            Array(NpgsqlDbType.Text, folded, p => p.Provider),
            Array(NpgsqlDbType.Text, folded, p => p.App),
            Array(NpgsqlDbType.Bytea, folded, p => p.Payload),
            Array(NpgsqlDbType.Smallint, folded, p => (short)p.Urgency),
            Array(NpgsqlDbType.Boolean, folded, p => p.IsCall),
            Array(NpgsqlDbType.TimestampTz, folded, p => p.ExpiresAt),
            new() { Value = time.GetUtcNow() },
            new() { Value = options.MinInterval },
            Array(NpgsqlDbType.Text, folded, p => p.Trace),
        ]);
        var coalesced = new Dictionary<string, bool>(folded.Count, StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) coalesced[reader.GetString(0)] = reader.GetBoolean(1);
        var answers = new bool[pushes.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            ref var isCoalesced = ref CollectionsMarshal.GetValueRefOrNullRef(coalesced, pushes[i].Key);
            answers[i] = isCoalesced;
            // The next of the same batch fell into this one.
            isCoalesced = true;
        }
        return answers;
    }

    public async Task<IReadOnlyList<QueuedPush>> ClaimAsync(string provider, int limit, TimeSpan lease,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand(Claim);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            new() { Value = now }, new() { Value = limit }, new() { Value = now + lease }, new() { Value = provider },
        ]);
        var claimed = new List<QueuedPush>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(new QueuedPush
            {
                Key = reader.GetString(0),
                RegistrationId = reader.IsDBNull(1) ? null : reader.GetInt64(1),
                ClosedTarget = reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2),
                Provider = reader.GetString(3),
                App = reader.IsDBNull(4) ? null : reader.GetString(4),
                Payload = reader.GetFieldValue<byte[]>(5),
                Urgency = (PushUrgency)reader.GetInt16(6),
                IsCall = reader.GetBoolean(7),
                ExpiresAt = reader.GetFieldValue<DateTimeOffset>(8),
                Version = reader.GetInt64(9),
                Attempts = reader.GetInt32(10),
                Trace = reader.IsDBNull(11) ? null : reader.GetString(11),
            });
        }
        return claimed;
    }

    public async Task CompleteAsync(IReadOnlyList<QueuedPush> sent, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Complete);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            Array(NpgsqlDbType.Text, sent, p => p.Key),
            Array(NpgsqlDbType.Bigint, sent, p => p.Version),
            new() { Value = time.GetUtcNow() },
            new() { Value = options.MinInterval },
        ]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task PostponeAsync(QueuedPush push, DateTimeOffset until, bool isAttempt,
        CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Postpone);
        command.Parameters.AddRange((NpgsqlParameter[])
            [new() { Value = push.Key }, new() { Value = until }, new() { Value = isAttempt ? 1 : 0 }]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task DropRegistrationAsync(long registrationId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("delete from push.queue where registration_id = $1");
        command.Parameters.Add(new() { Value = registrationId });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<DateTimeOffset?> NextDueAsync(string provider, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select due_at from push.queue where provider = $1 and is_pending and claimed_until is null
            order by due_at limit 1
            """);
        command.Parameters.Add(new() { Value = provider });
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime due
            ? new DateTimeOffset(due, TimeSpan.Zero) : null;
    }

    /// <summary>Takes away rows that wait for nothing and remember nothing of use, in one small bite.</summary>
    public async Task<int> SweepAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            delete from push.queue where key in (
                select key from push.queue where not is_pending and sent_at < $1 limit $2 for update skip locked)
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
            [new() { Value = time.GetUtcNow() - options.MinInterval - TimeSpan.FromMinutes(1) },
                new() { Value = limit }]);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>One push a key: the last payload among those of the highest urgency.</summary>
    private static List<QueuedPush> Fold(IReadOnlyList<QueuedPush> pushes)
    {
        var last = new Dictionary<string, QueuedPush>(pushes.Count, StringComparer.Ordinal);
        foreach (var push in pushes)
        {
            ref var kept = ref CollectionsMarshal.GetValueRefOrAddDefault(last, push.Key, out _);
            kept = kept is null ? push
                : push.Urgency >= kept.Urgency ? push with { IsCall = push.IsCall || kept.IsCall }
                : kept with { ExpiresAt = push.ExpiresAt, IsCall = push.IsCall || kept.IsCall };
        }
        // In one order, or two writers could each hold what the other needs.
        var folded = new List<QueuedPush>(last.Values);
        folded.Sort(static (one, other) => string.CompareOrdinal(one.Key, other.Key));
        return folded;
    }

    private static NpgsqlParameter<T[]> Array<T>(NpgsqlDbType type, IReadOnlyList<QueuedPush> pushes,
        Func<QueuedPush, T> value)
    {
        var values = new T[pushes.Count];
        for (var i = 0; i < values.Length; i++) values[i] = value(pushes[i]);
        return new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values };
    }
}
