namespace Annex.Search.Index;

/// <summary>In which order rooms are listed. Every order ends with the address, so that no two rooms tie.</summary>
public enum SortKey
{
    /// <summary>What matches best first, among equals the busiest: see <see cref="Relevance"/>.</summary>
    Relevance,

    /// <summary>Most occupants first.</summary>
    Occupants,

    /// <summary>By address, octet by octet: the only order in which a walk over changing rooms misses none and repeats none.</summary>
    Address,
}
