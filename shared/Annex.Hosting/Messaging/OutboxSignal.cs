namespace Annex.Hosting.Messaging;

/// <summary>
/// Tells the dispatcher that rows are coming. The signal is given when a row is written, its commit follows a moment later, so
/// the dispatcher looks often for a while. (PostgreSQL's NOTIFY would be exact, but makes all commits that notify wait for each
/// other, and the archive's commits are the ones that must not.)
/// </summary>
internal sealed class OutboxSignal(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _signal = new(0, 1);
    private long _touched;

    public void Touch()
    {
        Volatile.Write(ref _touched, time.GetTimestamp());
        if (_signal.CurrentCount == 0)
        {
            try
            {
                _signal.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another thread was faster; one signal is enough.
            }
        }
    }

    public void Dispose() => _signal.Dispose();

    /// <summary>Returns when it is time to look again, after <paramref name="longest"/> at the latest.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var touched = Volatile.Read(ref _touched);
        var age = touched == 0 ? TimeSpan.MaxValue : time.GetElapsedTime(touched);
        var pause = age < Soon ? TimeSpan.FromMilliseconds(3) : age < Later ? TimeSpan.FromMilliseconds(25) : longest;
        // Also with a signal set a pause is kept: a stream of events makes one query in 3 ms, not one per event.
        if (age < Soon)
            await Task.Delay(pause, time, cancellationToken);
        else
            await _signal.WaitAsync(pause, cancellationToken);
    }
}
