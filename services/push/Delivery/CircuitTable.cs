using System.Collections.Concurrent;

namespace Annex.Push.Delivery;

/// <summary>The circuits of all scopes. Hosts are strangers' words, so their number is bounded: beyond it all start
/// afresh.</summary>
public sealed class CircuitTable(TimeProvider time, DeliveryOptions options)
{
    private const int MaxScopes = 10_000;

    private readonly ConcurrentDictionary<(string Provider, string Scope), CircuitBreaker> _circuits = new();

    public CircuitBreaker Of(string provider, string scope)
    {
        if (_circuits.TryGetValue((provider, scope), out var circuit)) return circuit;
        if (_circuits.Count >= MaxScopes) _circuits.Clear();
        return _circuits.GetOrAdd((provider, scope),
            _ => new CircuitBreaker(time, options.FailuresToPause, options.FirstRetry, options.LongestRetry));
    }

    /// <summary>What is wrong with a provider's open circuits: one of them stands for all; null where none is
    /// open.</summary>
    public string? ProblemOf(string provider) =>
        _circuits.Where(c => c.Key.Provider == provider && c.Value.IsOpen).Select(c =>
            c.Value.Problem).FirstOrDefault();
}
