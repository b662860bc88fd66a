using Annex.Hosting.Storage;
using Annex.Push.Storage;
using Microsoft.EntityFrameworkCore;

namespace Annex.Push.Consumers;

/// <summary>Forgets all that a user, or a whole domain, has registered, inside an event's transaction.</summary>
public sealed class UserRemoval(RegistrationStore registrations, ILogger<UserRemoval> logger)
{
    /// <param name="subject">A bare JID or a domain.</param>
    /// <param name="reason">For the log.</param>
    /// <param name="scope">The event's transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task RemoveAsync(string subject, string reason, DbTransactionScope scope,
        CancellationToken cancellationToken)
    {
        await using var db = scope.CreateContext<PushDbContext>();
        var ofDomain = "@" + subject;
        var count = await registrations.RemoveOwnerAsync(db, subject, cancellationToken);
        scope.OnCommitted(() => registrations.ForgetOwner(subject));
        var endpoints = await db.Endpoints.Where(e => e.Owner == subject || e.Owner.EndsWith(ofDomain))
            .ExecuteDeleteAsync(cancellationToken);
        if (count + endpoints > 0) Log.UserRemoved(logger, count, endpoints, reason);
    }
}
