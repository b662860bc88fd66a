namespace Annex.Push.Delivery;

/// <summary>The durable queue, which several processes share (PostgreSQL).</summary>
public interface IPushQueue
{
    /// <summary>Adds a batch in one commit. Where a push of the same key is waiting, it is replaced: the later payload,
    /// the higher urgency.</summary>
    /// <returns>For each push, in order: whether it fell into one that was waiting or on its way.</returns>
    Task<bool[]> AddAsync(IReadOnlyList<QueuedPush> pushes, CancellationToken cancellationToken);

    /// <summary>Claims pushes of this network that are due, oldest first, for as long as the lease; a claim that is not completed by
    /// then is claimable again (its process died).</summary>
    Task<IReadOnlyList<QueuedPush>> ClaimAsync(string provider, int limit, TimeSpan lease,
        CancellationToken cancellationToken);

    /// <summary>Ends a claim. What came in meanwhile becomes due after the pause between two pushes to one
    /// node.</summary>
    Task CompleteAsync(IReadOnlyList<QueuedPush> sent, CancellationToken cancellationToken);

    /// <summary>Ends a claim without a delivery: due again at that time.</summary>
    Task PostponeAsync(QueuedPush push, DateTimeOffset until, bool isAttempt, CancellationToken cancellationToken);

    /// <summary>The device is gone: nothing waits for it any more.</summary>
    Task DropRegistrationAsync(long registrationId, CancellationToken cancellationToken);

    /// <summary>When this network's next unclaimed push becomes due; null where none waits.</summary>
    Task<DateTimeOffset?> NextDueAsync(string provider, CancellationToken cancellationToken);
}
