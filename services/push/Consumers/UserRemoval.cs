using Annex.Hosting.Storage;
using Annex.Push.Storage;

namespace Annex.Push.Consumers;

/// <summary>Forgets all that a user, or a whole domain, has registered, inside an event's transaction.</summary>
public sealed class UserRemoval(UserData data, ILogger<UserRemoval> logger)
{
    /// <param name="subject">A bare JID or a domain.</param>
    /// <param name="reason">For the log.</param>
    /// <param name="scope">The event's transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task RemoveAsync(string subject, string reason, DbTransactionScope scope,
        CancellationToken cancellationToken)
    {
        await using var db = scope.CreateContext<PushDbContext>();
        var removed = await data.RemoveAsync(db, subject, cancellationToken);
        scope.OnCommitted(() => data.Forget(subject, removed));
        if (removed.Nodes.Count + removed.Endpoints > 0)
            Log.UserRemoved(logger, removed.Nodes.Count, removed.Endpoints, reason);
    }
}
