namespace Annex.Search.Index;

/// <summary>
/// How rooms that match are ordered. Every hit has a score, a whole number:
/// <c>place of the match + 1000 · ln(1 + activity)</c>, with the activity of <see cref="Activity"/> and the first of these
/// places that holds:
/// <list type="table">
/// <item><term>6000</term><description>the name, or the address up to its @, is the query</description></item>
/// <item><term>3000</term><description>every word is in the name</description></item>
/// <item><term>2000</term><description>every word is in the name, the address or the tags</description></item>
/// <item><term>0</term><description>every word is somewhere, the description included</description></item>
/// </list>
/// So a word in the name weighs as much as twenty times the people. Whole numbers make pages exact: where one ends, the next
/// begins. docs/search.md tells users the same.
/// </summary>
public static class Relevance
{
    public const int Exact = 6000;
    public const int InName = 3000;
    public const int InAddressOrTags = 2000;
    public const int Anywhere = 0;

    /// <summary>1000 · ln(1 + activity), rounded.</summary>
    public static int Popularity(double activity) => (int)Math.Round(1000 * Math.Log(1 + Math.Max(0, activity)));
}
