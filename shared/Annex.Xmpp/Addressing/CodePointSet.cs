namespace Annex.Xmpp.Addressing;

/// <summary>A set of code points as sorted ranges.</summary>
internal sealed class CodePointSet
{
    // Boundaries: even places begin a range, odd places are the first code point after it.
    private readonly int[] _edges;

    private CodePointSet(int[] edges) => _edges = edges;

    /// <param name="bounds">First and last of each range, ascending.</param>
    public static CodePointSet FromRanges(params ReadOnlySpan<int> bounds)
    {
        var edges = bounds.ToArray();
        for (var i = 1; i < edges.Length; i += 2)
        {
            edges[i]++;
        }

        return new CodePointSet(edges);
    }

    /// <param name="runs">Pairs: code points to skip since the last run, length of the run.</param>
    public static CodePointSet FromRuns(ReadOnlySpan<int> runs)
    {
        var edges = new int[runs.Length];
        var at = 0;
        for (var i = 0; i < runs.Length; i++)
        {
            at += runs[i];
            edges[i] = at;
        }

        return new CodePointSet(edges);
    }

    public bool Contains(int codePoint)
    {
        var index = Array.BinarySearch(_edges, codePoint);
        return index >= 0 ? (index & 1) == 0 : (~index & 1) == 1;
    }
}
