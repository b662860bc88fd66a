using Microsoft.EntityFrameworkCore;

namespace Annex.Push.Storage;

/// <summary>What waits, for operators.</summary>
public sealed class QueueReport(IDbContextFactory<PushDbContext> contexts, TimeProvider time)
{
    public async Task<Numbers> CountAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await db.Queue.Where(q => q.IsPending).GroupBy(_ => 1).Select(all => new
        {
            Waiting = all.LongCount(),
            Due = all.LongCount(q => q.DueAt <= now),
            Sending = all.LongCount(q => q.ClaimedUntil > now),
            Retrying = all.LongCount(q => q.Attempts > 0),
            Oldest = all.Min(q => q.DueAt),
            Next = all.Where(q => q.DueAt > now).Min(q => (DateTimeOffset?)q.DueAt),
        }).SingleOrDefaultAsync(cancellationToken);
        var kept = await db.Messages.LongCountAsync(m => m.ExpiresAt > now, cancellationToken);
        return found is null ? new Numbers { Kept = kept } : new Numbers
        {
            Waiting = found.Waiting,
            Due = found.Due,
            Sending = found.Sending,
            Retrying = found.Retrying,
            OldestDueAt = found.Due > 0 ? found.Oldest : null,
            NextDueAt = found.Due > 0 ? found.Oldest : found.Next,
            Kept = kept,
        };
    }

    public async Task<IReadOnlyDictionary<string, long>> CountByProviderAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Queue.Where(q => q.IsPending).GroupBy(q => q.Provider)
            .Select(g => new { g.Key, Count = g.LongCount() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
    }

    /// <summary>Those that wait, the next due first; null filters match all.</summary>
    public async Task<IReadOnlyList<(QueueRow Push, string? Node, string? Owner)>> ListAsync(string? owner,
        string? provider, int limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Queue.AsNoTracking().Where(q => q.IsPending && (provider == null || q.Provider == provider))
            .GroupJoin(db.Registrations, q => q.RegistrationId, r => r.Id, (q, r) => new { Push = q, Found = r })
            .SelectMany(pair => pair.Found.DefaultIfEmpty(), (pair, r) => new
            {
                pair.Push,
                Node = r == null ? null : r.Node,
                Owner = r == null ? null : r.Owner,
            })
            .Where(row => owner == null || row.Owner == owner)
            .OrderBy(row => row.Push.DueAt).Take(limit).ToListAsync(cancellationToken);
        return [.. rows.Select(r => (r.Push, r.Node, r.Owner))];
    }

    /// <summary>Forgets what waits and is not on its way; null filters match all.</summary>
    public async Task<int> DropAsync(string? owner, string? provider, string? node, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Queue.Where(q => q.IsPending && (provider == null || q.Provider == provider)
            && ((owner == null && node == null) || db.Registrations.Any(r => r.Id == q.RegistrationId
                && (owner == null || r.Owner == owner) && (node == null || r.Node == node))))
            .ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Of pushes, and of UnifiedPush messages (Kept).</summary>
    public sealed record Numbers
    {
        public long Waiting { get; init; }

        public long Due { get; init; }

        public long Sending { get; init; }

        public long Retrying { get; init; }

        public DateTimeOffset? OldestDueAt { get; init; }

        public DateTimeOffset? NextDueAt { get; init; }

        public long Kept { get; init; }
    }
}
