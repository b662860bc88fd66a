namespace Annex.Xmpp.Extensions.Paging;

/// <summary>One page of a list in memory.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, PageResult Result)
{
    /// <summary>Is the page less than the whole? Then a set element belongs to the answer even where none was asked
    /// for.</summary>
    public bool IsPartial => Items.Count < Result.Count;
}
