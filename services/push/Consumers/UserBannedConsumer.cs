using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Push.Storage;
using Microsoft.EntityFrameworkCore;

namespace Annex.Push.Consumers;

/// <summary>Whoever is banned from the suite loses what is registered, and registers nothing.</summary>
public sealed class UserBannedConsumer(UserRemoval removal) : IEventConsumer<UserBanned>
{
    public async Task ConsumeAsync(UserBanned @event, DbTransactionScope scope, CancellationToken cancellationToken)
    {
        await using var db = scope.CreateContext<PushDbContext>();
        await db.Database.ExecuteSqlAsync($"""
            insert into push.bans (subject, until) values ({@event.Subject}, {@event.Until?.ToUniversalTime()})
            on conflict (subject) do update set until = excluded.until
            """, cancellationToken);
        await removal.RemoveAsync(@event.Subject, "banned", scope, cancellationToken);
    }
}
