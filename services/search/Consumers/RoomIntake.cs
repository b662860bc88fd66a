using Annex.Contracts.Events;
using Annex.Hosting.Storage;
using Annex.Search.Index;
using Annex.Search.Storage;
using Npgsql;

namespace Annex.Search.Consumers;

/// <summary>Takes what muc tells into the index, from events and from its answers alike.</summary>
public sealed class RoomIntake(RoomStore store, SearchOptions options)
{
    /// <summary>The room as it is now. Of one that is not to be listed nothing is kept but its address. False where the index
    /// knew better.</summary>
    public Task<bool> PutAsync(DbTransactionScope scope, RoomState state, CancellationToken cancellationToken) =>
        PutAsync(scope.Connection, scope.Transaction, state, cancellationToken);

    public Task<bool> PutAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, RoomState state, CancellationToken cancellationToken)
    {
        var facts = RoomFacts.From(state, options.ListClosedRooms);
        return facts.IsCandidate
            ? store.PutAsync(connection, transaction, facts, state.Version, cancellationToken)
            : store.RemoveAsync(connection, transaction, state.Room, state.Version, cancellationToken);
    }

    public Task RemoveAsync(DbTransactionScope scope, RoomDestroyed destroyed, CancellationToken cancellationToken) =>
        store.RemoveAsync(scope.Connection, scope.Transaction, destroyed.Room, destroyed.Version, cancellationToken);

    public Task SetOccupantsAsync(DbTransactionScope scope, RoomOccupancyChanged changed, CancellationToken cancellationToken) =>
        store.SetOccupantsAsync(scope.Connection, scope.Transaction, changed.Room, changed.Occupants, changed.Version,
            cancellationToken);
}
