using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Search.Handlers;
using Annex.Xmpp.Addressing;

namespace Annex.Search.Consumers;

/// <summary>An account that is gone. The index knows rooms, not people: all that is kept of who asks is how often, for some
/// seconds.</summary>
public sealed class AccountRemovedConsumer(QueryLimiter limiter) : IEventConsumer<AccountRemoved>
{
    public Task ConsumeAsync(AccountRemoved @event, DbTransactionScope scope, CancellationToken cancellationToken)
    {
        if (Jid.TryParse(@event.Jid, out var account))
            scope.OnCommitted(() => limiter.Forget(account));
        return Task.CompletedTask;
    }
}
