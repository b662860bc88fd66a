using System.Collections.Concurrent;
using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;

namespace Annex.Scenarios.Upload;

/// <summary>Sees the service's own events as another service would.</summary>
public sealed class EventLog(EventLog.Seen seen) : IEventConsumer<FileStored>, IEventConsumer<FileDeleted>
{
    public Task ConsumeAsync(FileStored @event, DbTransactionScope scope, CancellationToken cancellationToken)
    {
        seen.Stored.Add(@event);
        return Task.CompletedTask;
    }

    public Task ConsumeAsync(FileDeleted @event, DbTransactionScope scope, CancellationToken cancellationToken)
    {
        seen.Deleted.Add(@event);
        return Task.CompletedTask;
    }

    public sealed class Seen
    {
        public ConcurrentBag<FileStored> Stored { get; } = [];

        public ConcurrentBag<FileDeleted> Deleted { get; } = [];
    }
}
