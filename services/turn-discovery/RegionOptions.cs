namespace Annex.TurnDiscovery;

/// <summary>Whose users are in a region.</summary>
public sealed class RegionOptions
{
    /// <summary>Domains of the users.</summary>
    public IReadOnlyList<string> Domains { get; set; } = [];
}
