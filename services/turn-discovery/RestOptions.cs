using Annex.Hosting.Configuration;

namespace Annex.TurnDiscovery;

/// <summary>The TURN REST API for WebRTC applications that are not XMPP. Served on Http:Listen when a key is set.</summary>
public sealed class RestOptions
{
    /// <summary>What callers present, as `key=` or in `Authorization: Bearer`. At least 16 characters.</summary>
    [Secret]
    public string? Key { get; set; }

    /// <summary>A file whose first line is the key.</summary>
    public string? KeyFile { get; set; }

    public string Path { get; set; } = "/turn";
}
