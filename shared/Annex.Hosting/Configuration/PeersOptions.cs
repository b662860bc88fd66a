namespace Annex.Hosting.Configuration;

/// <summary>Where the other services answer calls (gRPC), for those that run in another process: `http://host:port`. The token
/// that a peer asks for is its own `Rpc:Token` or `Rpc:TokenFile`, given here too.</summary>
public sealed class PeersOptions
{
    public Uri? Muc { get; set; }

    public Uri? Upload { get; set; }

    public Uri? Push { get; set; }

    public Uri? TurnDiscovery { get; set; }

    public Uri? Search { get; set; }
}
