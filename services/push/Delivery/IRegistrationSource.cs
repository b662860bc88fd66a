using Annex.Push.Registrations;

namespace Annex.Push.Delivery;

/// <summary>What delivery needs of the registrations, which stand in the database.</summary>
public interface IRegistrationSource
{
    ValueTask<Registration?> FindAsync(long id, CancellationToken cancellationToken);

    /// <summary>With an empty address where the key that closed it is not there any more.</summary>
    PushTarget Open(byte[] closedTarget);

    /// <summary>The provider said so: no push goes there any more, the owner's server is told, the next publish gets
    /// item-not-found.</summary>
    /// <returns>False where the registration was given a new target since <paramref name="registeredAt"/>: what died
    /// was the old one.</returns>
    Task<bool> MarkGoneAsync(long id, DateTimeOffset registeredAt, string reason, CancellationToken cancellationToken);
}
