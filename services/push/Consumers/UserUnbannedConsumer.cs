using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Push.Storage;
using Microsoft.EntityFrameworkCore;

namespace Annex.Push.Consumers;

public sealed class UserUnbannedConsumer : IEventConsumer<UserUnbanned>
{
    public async Task ConsumeAsync(UserUnbanned @event, DbTransactionScope scope, CancellationToken cancellationToken)
    {
        await using var db = scope.CreateContext<PushDbContext>();
        await db.Bans.Where(b => b.Subject == @event.Subject).ExecuteDeleteAsync(cancellationToken);
    }
}
