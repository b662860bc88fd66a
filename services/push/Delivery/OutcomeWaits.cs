using System.Collections.Concurrent;
using Annex.Push.Providers;

namespace Annex.Push.Delivery;

/// <summary>
/// Publishes that wait a moment for what the provider says, so that a dead token or a provider in trouble is told to
/// the server at once. The push itself is in the queue before anybody waits; without a word in time the publish is
/// simply taken.
/// </summary>
public sealed class OutcomeWaits(int limit)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<PushOutcome>> _waits =
        new(StringComparer.Ordinal);

    /// <summary>The outcome, or null when there was none in time or before it was cancelled, somebody else waits for the
    /// key, or too many wait.</summary>
    public async Task<PushOutcome?> WaitAsync(string key, TimeSpan atMost, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var wait = new TaskCompletionSource<PushOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_waits.Count >= limit || !_waits.TryAdd(key, wait)) return null;
        try
        {
            // Most waits end without a word, at a slow network all of them: that is no exception.
            await ((Task)wait.Task.WaitAsync(atMost, time, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return wait.Task.IsCompletedSuccessfully ? await wait.Task : null;
        }
        finally
        {
            _waits.TryRemove(new KeyValuePair<string, TaskCompletionSource<PushOutcome>>(key, wait));
        }
    }

    public void Tell(string key, PushOutcome outcome)
    {
        if (_waits.TryGetValue(key, out var wait)) wait.TrySetResult(outcome);
    }
}
