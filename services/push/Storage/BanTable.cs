using Microsoft.EntityFrameworkCore;

namespace Annex.Push.Storage;

/// <summary>Who may not register.</summary>
public sealed class BanTable(IDbContextFactory<PushDbContext> contexts, TimeProvider time)
{
    public async Task<bool> IsBannedAsync(string bare, string domain, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Bans.AnyAsync(b => (b.Subject == bare || b.Subject == domain)
            && (b.Until == null || b.Until > now), cancellationToken);
    }
}
