namespace Annex.Hosting.Configuration;

/// <summary>The listener for calls of other services and of annexctl (gRPC, HTTP/2 without TLS).</summary>
public sealed class RpcOptions
{
    /// <summary>Address and port; loopback by default. Off loopback a token is needed, and a private network.</summary>
    [ListenAddress]
    public string Listen { get; set; } = "";

    /// <summary>What callers have to present.</summary>
    [Secret]
    public string? Token { get; set; }

    /// <summary>A file whose first line is the token.</summary>
    public string? TokenFile { get; set; }
}
