using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Upload.Slots;
using Annex.Upload.Storage;

namespace Annex.Upload.Consumers;

/// <summary>A message that was moderated or retracted takes its files with it, but only those that its own author had uploaded:
/// otherwise anyone could have anyone's file deleted by posting its URL and taking the message back.</summary>
public sealed class RoomMessageRetractedConsumer(FileTable files, SlotTable slots, SlotUrls urls, TimeProvider time)
    : IEventConsumer<RoomMessageRetracted>
{
    private const int MaxUrls = 100;

    public async Task ConsumeAsync(RoomMessageRetracted @event, DbTransactionScope scope, CancellationToken cancellationToken)
    {
        if (@event.AuthorJid is not { Length: > 0 } author) return;
        var ids = new List<long>();
        foreach (var url in @event.Urls.Take(MaxUrls))
        {
            if (!urls.TryGetPath(url, out var path)) continue;
            if (await slots.FindAsync(path, cancellationToken) is { } file && file.Owner == author) ids.Add(file.Id);
        }
        if (ids.Count == 0) return;
        await files.DeleteAsync(scope.Connection, scope.Transaction, [.. ids], DeleteReason.Retracted, time.GetUtcNow(),
            cancellationToken);
    }
}
