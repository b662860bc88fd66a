using System.ComponentModel.DataAnnotations;

namespace Annex.Muc;

/// <summary>Fan-out by one stanza with many addresses (XEP-0033), where the server offers it: ejabberd's mod_multicast does. It is
/// looked for on each of LocalDomains, tried out, and used for the people of that domain alone.</summary>
public sealed class MulticastOptions
{
    public bool Enabled { get; set; }

    /// <summary>Sessions in a room from which it is used. Below, a copy for each costs the server less (docs/performance.md).</summary>
    [Range(2, 1_000_000)]
    public int FromOccupants { get; set; } = 100;

    /// <summary>Addresses of one stanza, whatever more the server allows.</summary>
    [Range(2, 10_000)]
    public int MaxAddresses { get; set; } = 1000;
}
