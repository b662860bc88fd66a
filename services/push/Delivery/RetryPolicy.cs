using Annex.Push.Providers;

namespace Annex.Push.Delivery;

/// <summary>When a push that was not taken is tried again: the one place for backoff.</summary>
public sealed class RetryPolicy(TimeSpan first, TimeSpan longest)
{
    /// <param name="attempts">Failed tries so far, this one included; 1 or more.</param>
    /// <param name="outcome">Its Retry-After wins where it is longer.</param>
    /// <param name="jitter">0 to 1: spreads the tries of a whole provider's queue over half of the pause.</param>
    public TimeSpan PauseAfter(int attempts, PushOutcome outcome, double jitter)
    {
        var doubled = first.TotalSeconds * Math.Pow(2, Math.Min(attempts - 1, 20));
        var pause = TimeSpan.FromSeconds(Math.Min(doubled, longest.TotalSeconds) * (0.75 + 0.5 * jitter));
        return outcome.RetryAfter is { } after && after > pause ? after : pause;
    }
}
