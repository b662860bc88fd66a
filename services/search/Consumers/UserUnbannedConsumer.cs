using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Search.Storage;

namespace Annex.Search.Consumers;

/// <summary>A ban was lifted or ran out.</summary>
public sealed class UserUnbannedConsumer : IEventConsumer<UserUnbanned>
{
    public Task ConsumeAsync(UserUnbanned @event, DbTransactionScope scope, CancellationToken cancellationToken) =>
        BanStore.RemoveAsync(scope.Connection, scope.Transaction, @event.Subject, cancellationToken);
}
