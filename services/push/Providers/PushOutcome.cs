namespace Annex.Push.Providers;

/// <summary>What came of one push. The reason is for the audit line: the provider's own word, never a token.</summary>
public readonly record struct PushOutcome(PushVerdict Verdict, string Reason)
{
    /// <summary>With Retry: not before this long from now; null leaves it to the caller's backoff.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>With Retry: our own set-up is at fault (keys, clock, TLS, DNS). It holds for every push to this
    /// provider and must cost no registration.</summary>
    public bool IsOurFault { get; init; }

    /// <summary>With Retry: speaks of this one target; the provider as such answered.</summary>
    public bool IsForTargetOnly { get; init; }

    public static readonly PushOutcome Delivered = new(PushVerdict.Delivered, "delivered");

    public static PushOutcome Gone(string reason) => new(PushVerdict.Gone, reason);

    public static PushOutcome Rejected(string reason) => new(PushVerdict.Rejected, reason);

    public static PushOutcome Retry(string reason, TimeSpan? after = null) =>
        new(PushVerdict.Retry, reason) { RetryAfter = after };

    public static PushOutcome OurFault(string reason) => new(PushVerdict.Retry, reason) { IsOurFault = true };
}
