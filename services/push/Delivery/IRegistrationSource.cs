using Annex.Push.Registrations;

namespace Annex.Push.Delivery;

/// <summary>What delivery needs of the registrations, which stand in the database.</summary>
public interface IRegistrationSource
{
    ValueTask<Registration?> FindAsync(long id, CancellationToken cancellationToken);

    PushTarget Open(byte[] closedTarget);

    /// <summary>The provider said so: no push goes there any more, the owner's server is told, the next publish gets
    /// item-not-found.</summary>
    Task MarkGoneAsync(long id, string reason, CancellationToken cancellationToken);
}
