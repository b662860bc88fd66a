using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Push.Storage;

namespace Annex.Push.Consumers;

/// <summary>An account that is gone leaves no registration and no endpoint behind.</summary>
public sealed class AccountRemovedConsumer(UserRemoval removal) : IEventConsumer<AccountRemoved>
{
    public Task ConsumeAsync(AccountRemoved @event, DbTransactionScope scope, CancellationToken cancellationToken) =>
        removal.RemoveAsync(@event.Jid, "account removed", scope, cancellationToken);
}
