using Annex.Push.Providers;

namespace Annex.Push.Delivery;

/// <summary>
/// One per provider and scope (an app, a host). A fault of ours or a row of failures in a row opens it: nothing is sent
/// for a while, then one push tries. An open circuit costs no push an attempt. Thread-safe.
/// </summary>
public sealed class CircuitBreaker(TimeProvider time, int failuresToOpen, TimeSpan firstPause, TimeSpan longestPause)
{
    private readonly Lock _lock = new();
    private int _failures;
    /// <summary>Null until it opened for the first time.</summary>
    private TimeSpan? _pause;
    private DateTimeOffset _closedAgainAt;
    private bool _isTrying;

    public bool IsOpen
    {
        get
        {
            lock (_lock) return _failures >= failuresToOpen && time.GetUtcNow() < _closedAgainAt;
        }
    }

    /// <summary>Why it is or was open last; null while all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether a push may be sent now. After the pause only one may, until its outcome is known.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_failures < failuresToOpen) return true;
            if (time.GetUtcNow() < _closedAgainAt || _isTrying) return false;
            _isTrying = true;
            return true;
        }
    }

    /// <summary>When it is worth trying again.</summary>
    public DateTimeOffset NextTry
    {
        get
        {
            lock (_lock) return _closedAgainAt;
        }
    }

    public void Report(PushOutcome outcome)
    {
        lock (_lock)
        {
            _isTrying = false;
            // Retry-After speaks of one target or of us all; a provider's answer at all means that it is there.
            var isFailure = outcome.Verdict == PushVerdict.Retry && !outcome.IsForTargetOnly
                && (outcome.IsOurFault || outcome.RetryAfter is null);
            if (!isFailure)
            {
                _failures = 0;
                _pause = null;
                Problem = null;
                return;
            }
            Problem = outcome.Reason;
            _failures = outcome.IsOurFault ? failuresToOpen : Math.Min(_failures + 1, failuresToOpen);
            if (_failures < failuresToOpen) return;
            _pause = _pause is not { } last ? firstPause : last * 2 < longestPause ? last * 2 : longestPause;
            _closedAgainAt = time.GetUtcNow() + _pause.Value;
        }
    }
}
