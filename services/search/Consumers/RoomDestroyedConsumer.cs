using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;

namespace Annex.Search.Consumers;

/// <summary>A room of ours is gone.</summary>
public sealed class RoomDestroyedConsumer(RoomIntake intake) : IEventConsumer<RoomDestroyed>
{
    public Task ConsumeAsync(RoomDestroyed @event, DbTransactionScope scope, CancellationToken cancellationToken) =>
        intake.RemoveAsync(scope, @event, cancellationToken);
}
