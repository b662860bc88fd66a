namespace Annex.Hosting.Configuration;

/// <summary>The listener for operators: /health/live, /health/ready, /metrics and the status page.</summary>
public sealed class OpsOptions
{
    /// <summary>Address and port; loopback by default. Several services of one process may share it.</summary>
    [ListenAddress]
    public string Listen { get; set; } = "";

    /// <summary>What the status page asks for: as the password of any user, or as a bearer token. Without it the page is shown on
    /// loopback only. /health and /metrics never ask.</summary>
    [Secret]
    public string? Token { get; set; }

    /// <summary>A file whose first line is the token.</summary>
    public string? TokenFile { get; set; }
}
