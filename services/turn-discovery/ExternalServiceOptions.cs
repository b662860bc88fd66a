using System.ComponentModel.DataAnnotations;
using Annex.Hosting.Configuration;

namespace Annex.TurnDiscovery;

/// <summary>One service that users are told, as XEP-0215 names it: a host with several ports or transports has several.</summary>
public sealed class ExternalServiceOptions
{
    /// <summary>stun, stuns, turn, turns, or any other type of the XMPP registrar.</summary>
    [Required(ErrorMessage = "missing: stun, stuns, turn, turns or another type")]
    public string Type { get; set; } = "";

    /// <summary>Domain, IPv4 or IPv6 address (without brackets).</summary>
    [Required(ErrorMessage = "missing: the host's name or address")]
    public string Host { get; set; } = "";

    /// <summary>Default: 3478 for stun and turn, 5349 for stuns and turns.</summary>
    [Range(0, 65535, ErrorMessage = "a port is 1 to 65535")]
    public int Port { get; set; }

    /// <summary>udp or tcp. Default: udp for stun and turn, tcp for the others.</summary>
    [AllowedValues("udp", "tcp", "", ErrorMessage = "udp or tcp is expected")]
    public string Transport { get; set; } = "";

    /// <summary>For people.</summary>
    public string? Name { get; set; }

    /// <summary>The lowest comes first; the others only behind it.</summary>
    public int Priority { get; set; }

    /// <summary>Share of the first places among services of the same priority.</summary>
    [Range(0, 65535, ErrorMessage = "0 to 65535 is expected")]
    public int Weight { get; set; } = 1;

    /// <summary>A name of Regions: users of that region get it first. Default: for everyone.</summary>
    public string? Region { get; set; }

    /// <summary>Secrets shared with this server, instead of TurnDiscovery:Secrets.</summary>
    public IReadOnlyList<TurnSecretOptions> Secrets { get; set; } = [];

    /// <summary>How long a credential is valid, instead of TurnDiscovery:Ttl.</summary>
    public TimeSpan? Ttl { get; set; }

    /// <summary>A fixed account, the same for every user, for servers without a shared secret.</summary>
    public string? Username { get; set; }

    /// <summary>The password of the fixed account.</summary>
    [Secret]
    public string? Password { get; set; }

    /// <summary>A file whose first line is the password.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Whether it is checked and left out while it does not answer. stun, stuns, turn and turns can be.</summary>
    public bool Check { get; set; } = true;

    /// <summary>Where to check it (host:port), if not where users reach it: behind NAT a server may not reach its own public
    /// address.</summary>
    public string? CheckAddress { get; set; }
}
