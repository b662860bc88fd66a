namespace Annex.Search.Index;

/// <summary>What one query may cost.</summary>
public sealed record SearchLimits
{
    /// <summary>Characters.</summary>
    public int MaxQueryLength { get; init; } = 1024;

    /// <summary>Words and phrases.</summary>
    public int MaxTerms { get; init; } = 8;

    /// <summary>Letters of the shortest word that is looked for. One letter finds everything.</summary>
    public int MinTermLength { get; init; } = 2;
}
