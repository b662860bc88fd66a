using Microsoft.EntityFrameworkCore;

namespace Annex.Push.Storage;

/// <summary>All that the service keeps of a user, to take it away in one transaction.</summary>
public sealed class UserData(RegistrationStore registrations)
{
    /// <param name="db">On the caller's transaction.</param>
    /// <param name="subject">A bare JID, or a domain with all its users.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Removed> RemoveAsync(PushDbContext db, string subject, CancellationToken cancellationToken)
    {
        var ofDomain = "@" + subject;
        var endpoints = db.Endpoints.Where(e => e.Owner == subject || e.Owner.EndsWith(ofDomain));
        var messages = await db.Messages.CountAsync(m => endpoints.Any(e => e.Id == m.EndpointId), cancellationToken);
        var (nodes, pushes) = await registrations.RemoveOwnerAsync(db, subject, cancellationToken);
        return new Removed(nodes, await endpoints.ExecuteDeleteAsync(cancellationToken), pushes + messages);
    }

    /// <summary>When that transaction has committed.</summary>
    public void Forget(string subject, Removed removed) => registrations.ForgetOwner(subject, removed.Nodes);

    /// <param name="Nodes">Of its devices.</param>
    /// <param name="Endpoints">Of UnifiedPush.</param>
    /// <param name="Waiting">Pushes and UnifiedPush messages that had not gone out.</param>
    public readonly record struct Removed(IReadOnlyList<string> Nodes, int Endpoints, int Waiting);
}
