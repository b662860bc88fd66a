namespace Annex.Push.Handlers;

/// <summary>
/// Ends the wait for a publish in time for its server to get an answer, whatever the database does: a server that gets
/// none keeps the request for ever (Prosody) or calls it failed (ejabberd). One clock for all that begin within the same
/// moment, since a timer each would cost more than most publishes do. Thread-safe.
/// </summary>
public sealed class AnswerDeadline(TimeSpan atLatest, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _moment = atLatest / 16;
    private CancellationToken _token;
    private long _since;
    private bool _hasToken;

    /// <summary>Cancelled at the deadline, up to a sixteenth sooner, or with <paramref name="stopping"/>, the same at
    /// every call.</summary>
    public CancellationToken Begin(CancellationToken stopping)
    {
        lock (_gate)
        {
            if (_hasToken && time.GetElapsedTime(_since) < _moment) return _token;
            (_hasToken, _since, _token) = (true, time.GetTimestamp(), Make(stopping));
            return _token;
        }
    }

    // Never disposed: nobody can tell when the last one has let go of it, and a timer that has fired holds nothing.
    private CancellationToken Make(CancellationToken stopping)
    {
        var source = new CancellationTokenSource(atLatest, time);
        var link = stopping.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
        source.Token.UnsafeRegister(static state => ((CancellationTokenRegistration)state!).Unregister(), link);
        return source.Token;
    }
}
