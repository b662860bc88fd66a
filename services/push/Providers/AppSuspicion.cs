namespace Annex.Push.Providers;

/// <summary>
/// A network that calls one token after the other not one of this app's speaks of our set-up rather than of the devices: the
/// sandbox's server for the store's app, another bundle id, another project. Then nobody loses a registration; the first
/// delivery, or an answer that names a device that once was ours, ends the suspicion. Thread-safe; one for each app.
/// </summary>
public sealed class AppSuspicion
{
    /// <summary>So many in a row may be devices.</summary>
    public const int MostInARow = 20;

    private int _inARow;

    /// <param name="outcome">The network's answer.</param>
    /// <param name="isOfApp">Whether it says that the token is not one of this app's.</param>
    public PushOutcome Judge(PushOutcome outcome, bool isOfApp)
    {
        if (isOfApp)
        {
            return Interlocked.Increment(ref _inARow) <= MostInARow ? outcome
                : PushOutcome.OurFault(outcome.Reason) with { IsForTargetOnly = true };
        }
        if (outcome.Verdict is PushVerdict.Delivered or PushVerdict.Gone) Volatile.Write(ref _inARow, 0);
        return outcome;
    }
}
