using Microsoft.Extensions.Logging;

namespace Annex.Muc.Storage;

/// <summary>The store's lines, one per change of state, and its count of exceptions.</summary>
internal sealed class StoreLog(ILogger<StoreLog> logger)
{
    private long _failures;
    private long _dropped;

    public long FailureCount => Volatile.Read(ref _failures);

    public void Away(Exception exception) => Log.StoreAway(logger, exception.Message);

    public void Back() => Log.StoreBack(logger);

    public void BehindDropped()
    {
        if (Interlocked.Increment(ref _dropped) == 1) Log.StoreBehindDropped(logger);
    }

    public void Failed(Exception exception)
    {
        Interlocked.Increment(ref _failures);
        Log.StoreFailed(logger, exception);
    }
}
