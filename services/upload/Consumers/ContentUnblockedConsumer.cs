using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Upload.Storage;

namespace Annex.Upload.Consumers;

/// <summary>A content may be uploaded again.</summary>
public sealed class ContentUnblockedConsumer : IEventConsumer<ContentUnblocked>
{
    public async Task ConsumeAsync(ContentUnblocked @event, DbTransactionScope scope, CancellationToken cancellationToken)
    {
        if (!Sha256Text.TryParse(@event.Sha256, out var sha256)) return;
        await BlockList.UnblockAsync(scope.Connection, scope.Transaction, sha256, cancellationToken);
    }
}
