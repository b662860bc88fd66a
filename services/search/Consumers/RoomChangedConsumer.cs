using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;

namespace Annex.Search.Consumers;

/// <summary>A room of ours changed: the whole of it is in the event.</summary>
public sealed class RoomChangedConsumer(RoomIntake intake) : IEventConsumer<RoomChanged>
{
    public Task ConsumeAsync(RoomChanged @event, DbTransactionScope scope, CancellationToken cancellationToken) =>
        intake.PutAsync(scope, @event.State, cancellationToken);
}
