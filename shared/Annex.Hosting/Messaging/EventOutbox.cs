using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Annex.Hosting.Messaging;

/// <summary>
/// A service's outgoing events: rows of its schema's <c>outbox</c>, written in the caller's transaction, sent after its commit,
/// at least once and in the order of their rows. Keyed by the service's name:
/// <c>[FromKeyedServices("Muc")] EventOutbox</c>.
/// </summary>
public sealed class EventOutbox
{
    /// <summary>The event leaves if, and only if, <paramref name="db"/>'s SaveChanges commits.</summary>
    public void Add(DbContext db, object @event) => throw new NotImplementedException();

    /// <summary>The event leaves if, and only if, <paramref name="transaction"/> commits.</summary>
    public Task AddAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, object @event,
        CancellationToken cancellationToken) => throw new NotImplementedException();
}
