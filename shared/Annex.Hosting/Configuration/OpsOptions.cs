namespace Annex.Hosting.Configuration;

/// <summary>The listener for operators: /health/live, /health/ready, /metrics and the status page.</summary>
public sealed class OpsOptions
{
    /// <summary>Address and port; loopback by default. Several services of one process may share it.</summary>
    [ListenAddress]
    public string Listen { get; set; } = "";
}
