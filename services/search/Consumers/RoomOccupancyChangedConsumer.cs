using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;

namespace Annex.Search.Consumers;

/// <summary>People came to or left a room of ours.</summary>
public sealed class RoomOccupancyChangedConsumer(RoomIntake intake) : IEventConsumer<RoomOccupancyChanged>
{
    public Task ConsumeAsync(RoomOccupancyChanged @event, DbTransactionScope scope, CancellationToken cancellationToken) =>
        intake.SetOccupantsAsync(scope, @event, cancellationToken);
}
