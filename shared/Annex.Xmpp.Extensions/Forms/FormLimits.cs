namespace Annex.Xmpp.Extensions.Forms;

/// <summary>What a stranger's form may hold. Beyond it the form is refused as a whole.</summary>
public sealed record FormLimits
{
    /// <summary>Fields of the form itself, of reported, or of one item.</summary>
    public int MaxFields { get; init; } = 256;

    /// <summary>Values over all fields and items: a room's lists of members travel in jid-multi fields.</summary>
    public int MaxValues { get; init; } = 10_000;

    /// <summary>Characters of one value.</summary>
    public int MaxValueLength { get; init; } = 65_536;

    /// <summary>Options over all fields.</summary>
    public int MaxOptions { get; init; } = 1_000;

    /// <summary>Items of a result.</summary>
    public int MaxItems { get; init; } = 1_000;

    public static readonly FormLimits Default = new();
}
