namespace Annex.TurnDiscovery;

/// <summary>How STUN and TURN servers are checked. A dead one is out of the answers after at most Interval × FailAfter + Timeout.
/// </summary>
public sealed class HealthCheckOptions
{
    public bool Enabled { get; set; } = true;

    /// <summary>Between two checks of one service.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>For one check: connection, binding and allocation.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Failures in a row that take a service out.</summary>
    public int FailAfter { get; set; } = 2;

    /// <summary>Successes in a row that bring it back.</summary>
    public int RecoverAfter { get; set; } = 1;

    /// <summary>Whether certificates of stuns and turns have to be valid. Clients check them too.</summary>
    public bool ValidateCertificates { get; set; } = true;

    /// <summary>Checks at once.</summary>
    public int MaxConcurrent { get; set; } = 16;
}
