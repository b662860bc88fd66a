using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Upload.Storage;

namespace Annex.Upload.Consumers;

/// <summary>Another upload service on the bus blocked a content; it is blocked here too. (Our own word comes back as well and
/// finds everything done.)</summary>
public sealed class ContentBlockedConsumer(FileTable files, TimeProvider time) : IEventConsumer<ContentBlocked>
{
    private const int MaxFiles = 10_000; // Of one content; whatever is beyond goes with the next block of it.

    public async Task ConsumeAsync(ContentBlocked @event, DbTransactionScope scope, CancellationToken cancellationToken)
    {
        if (!Sha256Text.TryParse(@event.Sha256, out var sha256)) return;
        await BlockList.BlockAsync(scope.Connection, scope.Transaction, sha256, @event.Reason, @event.At.ToUniversalTime(),
            cancellationToken);
        var ids = await files.IdsOfAsync(sha256, MaxFiles, cancellationToken);
        if (ids.Length == 0) return;
        await files.DeleteAsync(scope.Connection, scope.Transaction, ids, DeleteReason.Blocked, time.GetUtcNow(),
            cancellationToken);
    }
}
