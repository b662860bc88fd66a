using System.Collections.Concurrent;
using System.Security.Cryptography;
using Annex.Push.Delivery;
using Annex.Push.Providers;
using Annex.Push.Registrations;
using Microsoft.EntityFrameworkCore;

namespace Annex.Push.Storage;

/// <summary>
/// Registrations in PostgreSQL, with a bounded cache of those that are published to. A change by another process is
/// seen after
/// <see cref="CacheFor"/> at the latest.
/// </summary>
public sealed class RegistrationStore(IDbContextFactory<PushDbContext> contexts, TargetVault vault, OutcomeWaits waits,
    PushOptions options, TimeProvider time) : IRegistrationSource
{
    private const int MaxCached = 20_000;

    private static readonly TimeSpan CacheFor = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Cached> _byNode = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, Cached> _byId = new();
    private readonly NodeLookup _lookup = new(contexts);
    private readonly Lock _gate = new();
    private long _forgets;
    private int _remembered;

    /// <summary>Called after a registration was found dead, outside of any transaction.</summary>
    public event Action<Registration>? Gone;

    public PushTarget Open(byte[] closedTarget) => OpenOrEmpty(closedTarget);

    /// <summary>As it stands in the database now: before a publish is refused, since another process may have given the
    /// node a new secret, and so that every refusal takes as long as any other (spec P5).</summary>
    public async Task<Registration?> ReadByNodeAsync(string node, CancellationToken cancellationToken)
    {
        var forgets = Forgets;
        var row = await _lookup.FindAsync(node, cancellationToken);
        return row is null ? null : Remember(row, forgets);
    }

    /// <summary>From the cache alone.</summary>
    public Registration? Peek(string node) =>
        _byNode.TryGetValue(node, out var cached) && cached.Until > time.GetUtcNow() ? cached.Registration : null;

    public async ValueTask<Registration?> FindAsync(long id, CancellationToken cancellationToken)
    {
        if (_byId.TryGetValue(id, out var cached) && cached.Until > time.GetUtcNow()) return cached.Registration;
        var forgets = Forgets;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await db.Registrations.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellationToken);
        return row is null ? null : Remember(row, forgets);
    }

    public async Task<IReadOnlyList<RegistrationRow>> ListAsync(string owner, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Registrations.AsNoTracking().Where(r => r.Owner == owner && r.GoneAt == null)
            .OrderBy(r => r.Id).Take(options.MaxDevicesPerUser).ToListAsync(cancellationToken);
    }

    /// <summary>The devices of these users that want to hear of this room's messages, bounded by the caller's
    /// list.</summary>
    public async Task<IReadOnlyList<Registration>> ListForRoomAsync(IReadOnlyCollection<string> owners, string room,
        CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Registrations.AsNoTracking()
            .Where(r => owners.Contains(r.Owner) && r.GoneAt == null
                && ((r.Room == null && r.Rooms != RoomNotifications.None) || r.Room == room))
            .ToListAsync(cancellationToken);
        return [.. rows.Select(ToRegistration)];
    }

    /// <summary>Registers a device, or gives the one registered before its new target: same node, new secret.</summary>
    /// <exception cref="TooManyDevicesException">The user's limit is reached.</exception>
    public async Task<NewRegistration> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken)
    {
        var deviceKey = vault.Fingerprint($"{request.Owner}\n{request.Provider}\n{request.Device}\n{request.Room}");
        var secret = NodeSecrets.New();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Two registrations of one user wait for each other, so that the limit holds.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({request.Owner}, 7))",
            cancellationToken);
        var row = await db.Registrations.FirstOrDefaultAsync(r => r.DeviceKey == deviceKey, cancellationToken);
        if (row is null)
        {
            if (await db.Registrations.CountAsync(r => r.Owner == request.Owner,
                cancellationToken) >= options.MaxDevicesPerUser)
                throw new TooManyDevicesException();
            row = new RegistrationRow
            {
                Node = NodeSecrets.New(),
                SecretHash = [],
                Owner = request.Owner,
                DeviceKey = deviceKey,
                Device = request.Device,
                Provider = request.Provider,
                Target = [],
                Room = request.Room,
            };
            db.Registrations.Add(row);
        }
        row.SecretHash = request.HasNoSecret ? [] : NodeSecrets.Hash(secret);
        row.Target = vault.Close(request.Target);
        row.App = request.App;
        row.Rooms = request.Rooms;
        row.WantsSender = request.WantsSender;
        row.WantsBody = request.WantsBody;
        row.RegisteredAt = time.GetUtcNow();
        row.GoneAt = null;
        row.Failures = 0;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Forget(row.Id, row.Node);
        return new NewRegistration(row.Node, secret);
    }

    /// <summary>Ends registrations of this owner; a null filter matches all.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> UnregisterAsync(string owner, string? provider, string? device, string? room, string? node,
        CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await EndAsync(db, db.Registrations.Where(r => r.Owner == owner
            && (provider == null || r.Provider == provider) && (device == null || r.Device == device)
            && (room == null || r.Room == room) && (node == null || r.Node == node)), cancellationToken);
    }

    /// <summary>Inside the caller's transaction: the account is gone, or banned.</summary>
    /// <param name="db">On that transaction.</param>
    /// <param name="subject">A bare JID, or a domain with all its users.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The nodes that there were, and how many pushes waited for them.</returns>
    public async Task<(IReadOnlyList<string> Nodes, int Pushes)> RemoveOwnerAsync(PushDbContext db, string subject,
        CancellationToken cancellationToken)
    {
        var ofDomain = "@" + subject;
        return await RemoveAsync(db, db.Registrations.Where(r => r.Owner == subject || r.Owner.EndsWith(ofDomain)),
            cancellationToken);
    }

    /// <summary>Forgets what is cached of a subject's: when the transaction that removed it has committed, since a publish
    /// in between still found it in the database.</summary>
    /// <param name="subject">A bare JID or a domain.</param>
    /// <param name="nodes">Those that were removed.</param>
    public void ForgetOwner(string subject, IEnumerable<string> nodes)
    {
        TellWaiting(nodes);
        lock (_gate) _forgets++;
        var ofDomain = "@" + subject;
        foreach (var cached in _byId.Values)
        {
            var (id, node, owner) = (cached.Registration.Id, cached.Registration.Node, cached.Registration.Owner);
            if (owner == subject || owner.EndsWith(ofDomain, StringComparison.Ordinal)) Forget(id, node);
        }
    }

    public async Task<bool> RemoveNodeAsync(string node, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await EndAsync(db, db.Registrations.Where(r => r.Node == node), cancellationToken) > 0;
    }

    public async Task<bool> MarkGoneAsync(long id, DateTimeOffset registeredAt, string reason,
        CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        DateTimeOffset? now = time.GetUtcNow();
        // In one statement: the device may be registered again at this very moment.
        var count = await db.Registrations.Where(r => r.Id == id && r.GoneAt == null && r.RegisteredAt == registeredAt)
            .ExecuteUpdateAsync(row => row.SetProperty(r => r.GoneAt, now).SetProperty(r => r.LastOutcome, reason),
                cancellationToken);
        var row = await db.Registrations.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellationToken);
        if (row is null) return true;
        Forget(row.Id, row.Node);
        if (count > 0) Gone?.Invoke(ToRegistration(row));
        return count > 0 || row.GoneAt is not null;
    }

    /// <summary>The server was told that a dead node is dead: now the row goes.</summary>
    public async Task ForgetGoneAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await RemoveAsync(db, db.Registrations.Where(r => r.Id == id && r.GoneAt != null), cancellationToken);
    }

    /// <summary>Dead registrations that nobody asked for in this long go without a word.</summary>
    public async Task<int> SweepGoneAsync(TimeSpan after, CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - after;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await EndAsync(db, db.Registrations.Where(r => r.GoneAt < before), cancellationToken);
    }

    /// <summary>Keeps the providers' last words for "my devices", in one statement.</summary>
    public async Task RecordAsync(IReadOnlyList<DeliveryObserver.LastWord> words, CancellationToken cancellationToken)
    {
        long[] ids = [.. words.Select(w => w.RegistrationId)];
        string[] outcomes = [.. words.Select(w => w.Outcome)];
        DateTime?[] delivered = [.. words.Select(w => w.DeliveredAt?.UtcDateTime)];
        int[] failures = [.. words.Select(w => w.Failures)];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"""
            update push.registrations r set last_outcome = w.outcome, last_delivered_at = coalesce(w.at,
                r.last_delivered_at),
                failures = case when w.at is null then r.failures + w.failures else w.failures end
            from unnest({ids}, {outcomes}, {delivered}, {failures}) as w(id, outcome, at, failures) where r.id = w.id
            """, cancellationToken);
    }

    /// <summary>Closes targets again that an older key closed, a few at a time; 0 when all are under the
    /// newest.</summary>
    public async Task<int> RotateAsync(int limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        // Locked until it is written: a device that registers meanwhile waits, and its new token stands.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var rows = await db.Registrations.FromSql(
            $"""
            select * from push.registrations where substring(target from 1 for 4) = any({vault.OlderIds}) limit {limit}
            for update skip locked
            """)
            .ToListAsync(cancellationToken);
        foreach (var row in rows) row.Target = vault.Close(vault.Open(row.Target));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return rows.Count;
    }

    private async Task<int> EndAsync(PushDbContext db, IQueryable<RegistrationRow> which,
        CancellationToken cancellationToken)
    {
        var (nodes, _) = await RemoveAsync(db, which, cancellationToken);
        lock (_gate) _forgets++; // now that it is committed
        TellWaiting(nodes);
        return nodes.Count;
    }

    /// <summary>What was queued for them is gone, and with it whoever would have told a publish what came of it.</summary>
    private void TellWaiting(IEnumerable<string> nodes)
    {
        foreach (var node in nodes) waits.Tell(node, PushOutcome.Gone("unregistered"));
    }

    private async Task<(IReadOnlyList<string> Nodes, int Pushes)> RemoveAsync(PushDbContext db,
        IQueryable<RegistrationRow> which, CancellationToken cancellationToken)
    {
        var rows = await which.Select(r => new { r.Id, r.Node }).ToListAsync(cancellationToken);
        if (rows.Count == 0) return ([], 0);
        long[] ids = [.. rows.Select(r => r.Id)];
        var ofThem = db.Queue.Where(q => q.RegistrationId != null && ids.Contains(q.RegistrationId.Value));
        var pushes = await ofThem.CountAsync(q => q.IsPending, cancellationToken);
        await ofThem.ExecuteDeleteAsync(cancellationToken);
        await db.Registrations.Where(r => ids.Contains(r.Id)).ExecuteDeleteAsync(cancellationToken);
        foreach (var row in rows) Forget(row.Id, row.Node);
        return ([.. rows.Select(r => r.Node)], pushes);
    }

    private long Forgets => Volatile.Read(ref _forgets);

    /// <param name="row">As it was read.</param>
    /// <param name="forgets">Before it was read: what was forgotten since may be this one, and is not remembered again.</param>
    private Registration Remember(RegistrationRow row, long forgets)
    {
        var cached = new Cached(ToRegistration(row), time.GetUtcNow() + CacheFor);
        lock (_gate)
        {
            if (_forgets != forgets) return cached.Registration;
            // Counted here: the table itself takes all its locks for that.
            if (_remembered >= MaxCached)
            {
                _byNode.Clear();
                _byId.Clear();
                _remembered = 0;
            }
            if (_byNode.TryAdd(row.Node, cached)) _remembered++;
            else _byNode[row.Node] = cached;
            _byId[row.Id] = cached;
        }
        return cached.Registration;
    }

    private void Forget(long id, string node)
    {
        lock (_gate)
        {
            _forgets++;
            if (_byNode.TryRemove(node, out _)) _remembered--;
            _byId.TryRemove(id, out _);
        }
    }

    private Registration ToRegistration(RegistrationRow row) => new()
    {
        Id = row.Id,
        Node = row.Node,
        SecretHash = row.SecretHash,
        Owner = row.Owner,
        Device = row.Device,
        Provider = row.Provider,
        App = row.App,
        Target = OpenOrEmpty(row.Target),
        Room = row.Room,
        Rooms = row.Rooms,
        WantsSender = row.WantsSender,
        WantsBody = row.WantsBody,
        RegisteredAt = row.RegisteredAt,
        IsGone = row.GoneAt is not null,
    };

    /// <summary>A target whose key the operator threw away cannot be pushed to, but its row can still be listed and
    /// removed.</summary>
    private PushTarget OpenOrEmpty(byte[] closed)
    {
        try
        {
            return vault.Open(closed);
        }
        catch (CryptographicException)
        {
            return new PushTarget("");
        }
    }

    private sealed record Cached(Registration Registration, DateTimeOffset Until);
}
