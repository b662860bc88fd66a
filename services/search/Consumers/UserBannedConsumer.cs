using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Search.Storage;

namespace Annex.Search.Consumers;

/// <summary>Somebody is banned from all services.</summary>
public sealed class UserBannedConsumer : IEventConsumer<UserBanned>
{
    public Task ConsumeAsync(UserBanned @event, DbTransactionScope scope, CancellationToken cancellationToken) =>
        BanStore.PutAsync(scope.Connection, scope.Transaction, @event.Subject, @event.Until, cancellationToken);
}
