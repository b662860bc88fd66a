using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Annex.Push.Registrations;
using Annex.Push.UnifiedPush;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Annex.Push.Storage;

/// <summary>Endpoints and the messages that wait for their clients, in PostgreSQL. Tokens and bodies stand in it
/// encrypted.</summary>
public sealed class EndpointStore(IDbContextFactory<PushDbContext> contexts, TargetVault vault, PushOptions options,
    TimeProvider time)
{
    private const int TokenBytes = 24;
    private const int FlushAtOnce = 50;

    /// <summary>Registers, or renews: the same application and instance keep their URL.</summary>
    /// <returns>Null where the user has as many as UnifiedPushOptions.MaxPerUser allows.</returns>
    public async Task<(string Token, DateTimeOffset ExpiresAt)?> RegisterAsync(string owner, string client,
        string application, string instance, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Two registrations of one user wait for each other, so that the limit holds.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({owner}, 8))",
            cancellationToken);
        var row = await db.Endpoints.FirstOrDefaultAsync(
            e => e.Owner == owner && e.Application == application && e.Instance == instance, cancellationToken);
        if (row is not null && row.ExpiresAt <= now)
        {
            // What has ended is never valid again: its app server was told so.
            db.Endpoints.Remove(row);
            await db.SaveChangesAsync(cancellationToken);
            row = null;
        }
        if (row is null)
        {
            if (await db.Endpoints.CountAsync(e => e.Owner == owner && e.ExpiresAt > now,
                cancellationToken) >= options.UnifiedPush.MaxPerUser)
                return null;
            var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
            row = new EndpointRow
            {
                TokenHash = Hash(token),
                Token = vault.Close(new PushTarget(token)),
                Owner = owner,
                Client = client,
                Application = application,
                Instance = instance,
            };
            db.Endpoints.Add(row);
        }
        row.Client = client;
        row.ExpiresAt = now + options.UnifiedPush.Expiry;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (vault.Open(row.Token).Address, row.ExpiresAt);
    }

    /// <summary>Null for one that never was, was revoked, or has expired.</summary>
    public async Task<EndpointRow?> FindAsync(string token, CancellationToken cancellationToken)
    {
        var (hash, now) = (Hash(token), time.GetUtcNow());
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Endpoints.AsNoTracking().FirstOrDefaultAsync(e => e.TokenHash == hash && e.ExpiresAt > now,
            cancellationToken);
    }

    public async Task<bool> UnregisterAsync(string owner, string application, string instance,
        CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Endpoints.Where(e => e.Owner == owner && e.Application == application && e.Instance == instance)
            .ExecuteDeleteAsync(cancellationToken) > 0;
    }

    /// <summary>The client does not know it any more: from now on its URL is nobody's, in every process and after every
    /// restart.</summary>
    /// <returns>False where there was none.</returns>
    public async Task<bool> RevokeAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Endpoints.Where(e => e.Id == id).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    /// <summary>For operators and a user's own data: endpoints with the number of messages that wait at each.</summary>
    /// <param name="owner">Bare JID; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<(EndpointRow Endpoint, int Waiting)>> ListAsync(string? owner, int limit,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Endpoints.AsNoTracking()
            .Where(e => (owner == null || e.Owner == owner) && e.ExpiresAt > now).OrderBy(e => e.Id).Take(limit)
            .Select(e => new
            {
                Endpoint = e,
                Waiting = db.Messages.Count(m => m.EndpointId == e.Id && m.ExpiresAt > now),
            }).ToListAsync(cancellationToken);
        return [.. rows.Select(r => (r.Endpoint, r.Waiting))];
    }

    /// <summary>Keeps a message; one of the same topic goes (RFC 8030 §5.4), and the oldest beyond the limit.</summary>
    /// <returns>False where the endpoint has ended meanwhile.</returns>
    public async Task<bool> StoreAsync(long endpoint, byte[] body, string? topic, TimeSpan timeToLive,
        CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (topic is not null)
        {
            await db.Messages.Where(m => m.EndpointId == endpoint && m.Topic == topic)
                .ExecuteDeleteAsync(cancellationToken);
        }

        db.Messages.Add(new StoredMessageRow
        {
            EndpointId = endpoint,
            Body = vault.Close(new PushTarget(Convert.ToBase64String(body))),
            Topic = topic,
            ExpiresAt = time.GetUtcNow() + timeToLive,
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.InnerException
            is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            return false;
        }
        var kept = db.Messages.Where(m => m.EndpointId == endpoint).OrderByDescending(m => m.Id)
            .Take(options.UnifiedPush.MaxStored);
        await db.Messages.Where(m => m.EndpointId == endpoint && !kept.Any(k => k.Id == m.Id))
            .ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>What waits for a user's clients, oldest first, a few at a time.</summary>
    public async Task<IReadOnlyList<WaitingMessage>> ListWaitingAsync(string owner, long after,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Messages.AsNoTracking().Where(m => m.Id > after && m.ExpiresAt > now)
            .Join(db.Endpoints.AsNoTracking().Where(e => e.Owner == owner && e.ExpiresAt > now), m => m.EndpointId,
                e => e.Id, (m, e) => new { Message = m, Endpoint = e })
            .OrderBy(pair => pair.Message.Id).Take(FlushAtOnce).ToListAsync(cancellationToken);
        return [.. rows.Select(r => new WaitingMessage(r.Message.Id, r.Endpoint, vault.Open(r.Message.Body).Address))];
    }

    public async Task RemoveMessageAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Messages.Where(m => m.Id == id).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>As RegistrationStore.RotateAsync, for URLs and the messages that wait.</summary>
    public async Task<int> RotateAsync(int limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var rows = await db.Endpoints.FromSql($"""
            select * from push.endpoints where substring(token from 1 for 4) = any({vault.OlderIds}) limit {limit}
            for update skip locked
            """).ToListAsync(cancellationToken);
        foreach (var row in rows) row.Token = vault.Close(vault.Open(row.Token));
        var messages = await db.Messages.FromSql($"""
            select * from push.messages where substring(body from 1 for 4) = any({vault.OlderIds}) limit {limit}
            for update skip locked
            """).ToListAsync(cancellationToken);
        foreach (var message in messages) message.Body = vault.Close(vault.Open(message.Body));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return rows.Count + messages.Count;
    }

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var dayAgo = now - TimeSpan.FromDays(1);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Messages.Where(m => m.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
        await db.Endpoints.Where(e => e.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
        await db.Bans.Where(b => b.Until <= now).ExecuteDeleteAsync(cancellationToken);
        await db.Notified.Where(n => n.At < dayAgo).ExecuteDeleteAsync(cancellationToken);
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <param name="Id">Ascending with the time of arrival.</param>
    /// <param name="Endpoint">For which.</param>
    /// <param name="Body">In base64, as the client gets it.</param>
    public sealed record WaitingMessage(long Id, EndpointRow Endpoint, string Body);
}
