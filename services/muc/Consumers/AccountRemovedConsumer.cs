using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Muc.Storage;
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Consumers;

/// <summary>An account that is gone leaves no name in any room. The work is done outside of the event's transaction and
/// bears repetition.</summary>
internal sealed class AccountRemovedConsumer(AccountEraser eraser, MucOptions options) : IEventConsumer<AccountRemoved>
{
    public Task ConsumeAsync(AccountRemoved @event, DbTransactionScope scope, CancellationToken cancellationToken) =>
        Jid.TryParse(@event.Jid, out var account)
            ? eraser.EraseAsync(account.Bare, options.RemovedAccountMessages == RemovedAccountMessages.Retract, cancellationToken)
            : Task.CompletedTask;
}
