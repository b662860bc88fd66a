namespace Annex.Hosting.Storage;

/// <summary>One round trip for all who asked while the one before was on its way: at any rate of callers one trip is made at a time, and
/// the load itself sets how many share it. Thread-safe.</summary>
/// <param name="go">Makes the trip: for each item its result, in the same order.</param>
/// <param name="most">Items of one trip at most.</param>
/// <param name="patience">How long one trip may take; when one took too long, all who wait are told so with those who went.</param>
public sealed class RoundTrips<TItem, TResult>(
    Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> go, int most, TimeSpan patience)
{
    private readonly Lock _gate = new();
    private readonly Queue<Passenger> _waiting = new();
    private bool _isOnItsWay;

    /// <summary>The result of a trip that begins after this call.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the trip took too long; it may have been made.</exception>
    public Task<TResult> TakeAsync(TItem item, CancellationToken cancellationToken)
    {
        var passenger = new Passenger(item, cancellationToken);
        lock (_gate)
        {
            _waiting.Enqueue(passenger);
            if (!_isOnItsWay) _ = Task.Run(GoAsync, CancellationToken.None);
            _isOnItsWay = true;
        }
        return passenger.Result.Task.WaitAsync(cancellationToken);
    }

    private async Task GoAsync()
    {
        while (Take() is { Count: > 0 } passengers)
        {
            using var limit = new CancellationTokenSource(patience);
            try
            {
                var results = await go([.. passengers.Select(p => p.Item)], limit.Token);
                // Each goes on within this call: a thread woken for each would cost more than the rest of its question.
                for (var i = 0; i < passengers.Count; i++) passengers[i].Result.TrySetResult(results[i]);
            }
            catch (Exception e)
            {
                if (limit.IsCancellationRequested) passengers.AddRange(TakeRest());
                foreach (var passenger in passengers) passenger.Result.TrySetException(e);
            }
        }
    }

    private List<Passenger> Take()
    {
        var passengers = new List<Passenger>();
        lock (_gate)
        {
            while (passengers.Count < most && _waiting.TryDequeue(out var passenger))
            {
                // Whoever has given up would only make the trip longer.
                if (!passenger.CancellationToken.IsCancellationRequested) passengers.Add(passenger);
            }
            _isOnItsWay = passengers.Count > 0;
        }
        return passengers;
    }

    private List<Passenger> TakeRest()
    {
        lock (_gate)
        {
            List<Passenger> rest = [.. _waiting];
            _waiting.Clear();
            return rest;
        }
    }

    private sealed record Passenger(TItem Item, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<TResult> Result { get; } = new();
    }
}
