using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Upload.Storage;

namespace Annex.Upload.Consumers;

/// <summary>An account that is gone leaves no file behind.</summary>
public sealed class AccountRemovedConsumer(FileTable files, UploadOptions options, TimeProvider time, ILogger<AccountRemovedConsumer> logger)
    : IEventConsumer<AccountRemoved>
{
    public async Task ConsumeAsync(AccountRemoved @event, DbTransactionScope scope, CancellationToken cancellationToken)
    {
        var (count, bytes) = (0, 0L);
        // UserFiles bounds what there can be; the page is deleted in the event's own transaction.
        var ids = await files.IdsOfAsync(@event.Jid, int.MaxValue, cancellationToken);
        foreach (var bite in ids.Chunk(options.Sweep.Bite))
        {
            var gone = await files.DeleteAsync(scope.Connection, scope.Transaction, bite, DeleteReason.Account,
                time.GetUtcNow(), cancellationToken);
            count += gone.Count;
            bytes += gone.Sum(file => file.Size);
        }
        await UsageTable.ForgetAsync(scope.Connection, scope.Transaction, @event.Jid, cancellationToken);
        if (count > 0) Log.UserDeleted(logger, count, bytes, DeleteReason.Account);
    }
}
