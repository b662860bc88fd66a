using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;

namespace Annex.Search.Consumers;

/// <summary>A room of ours came to be.</summary>
public sealed class RoomCreatedConsumer(RoomIntake intake) : IEventConsumer<RoomCreated>
{
    public Task ConsumeAsync(RoomCreated @event, DbTransactionScope scope, CancellationToken cancellationToken) =>
        intake.PutAsync(scope, @event.State, cancellationToken);
}
