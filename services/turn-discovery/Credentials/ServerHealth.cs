namespace Annex.TurnDiscovery.Credentials;

/// <summary>What the last checks of a service said. Written by the checks, read by the answers, from any thread.</summary>
public sealed class ServerHealth(int failAfter, int recoverAfter)
{
    private readonly Lock _gate = new();
    private int _failures;
    private int _successes;
    private volatile bool _isHealthy = true;
    private volatile int _acceptedSecret;

    /// <summary>A service that has not been checked yet counts as healthy: users are not told nothing at the start.</summary>
    public bool IsHealthy => _isHealthy;

    /// <summary>Index of the newest secret that the server accepted, by age: 0 is the newest that may sign.</summary>
    public int AcceptedSecret => _acceptedSecret;

    public string? Problem { get; private set; }

    public DateTimeOffset? CheckedAt { get; private set; }

    public TimeSpan Latency { get; private set; }

    /// <returns>Whether the service has just come back.</returns>
    public bool Succeeded(DateTimeOffset now, TimeSpan latency, int acceptedSecret)
    {
        lock (_gate)
        {
            CheckedAt = now;
            Latency = latency;
            Problem = null;
            _acceptedSecret = acceptedSecret;
            _failures = 0;
            if (_isHealthy || ++_successes < recoverAfter)
                return false;
            _isHealthy = true;
            return true;
        }
    }

    /// <returns>Whether the service has just been taken out.</returns>
    public bool Failed(DateTimeOffset now, string problem)
    {
        lock (_gate)
        {
            CheckedAt = now;
            Problem = problem;
            _successes = 0;
            if (++_failures < failAfter || !_isHealthy)
                return false;
            _isHealthy = false;
            return true;
        }
    }
}
