using System.Diagnostics.CodeAnalysis;
using Annex.Xmpp.Stanzas;

namespace Annex.Xmpp.Extensions.Paging;

/// <summary>Cuts pages out of lists in memory.</summary>
public static class Pager
{
    /// <summary>A page of a list that is sorted by its UIDs (ordinal). Since the order follows from the UID, a page
    /// after an item that has gone since is still found (XEP-0059 §2.4).</summary>
    public static Page<T> Sorted<T>(IReadOnlyList<T> sorted, Func<T, string> uid, PageRequest request)
    {
        var (start, end) = (0, sorted.Count);
        if (request.After is { } after)
            start = LowerBound(sorted, uid, after, isAfter: true);
        if (!string.IsNullOrEmpty(request.Before))
            end = LowerBound(sorted, uid, request.Before, isAfter: false);
        return Cut(sorted, uid, request, start, end);
    }

    /// <summary>A page of a list in any order; item-not-found where the UID that was named is not in it.</summary>
    public static bool TryUnsorted<T>(IReadOnlyList<T> items, Func<T, string> uid, PageRequest request,
        [NotNullWhen(true)] out Page<T>? page, [NotNullWhen(false)] out StanzaError? error)
    {
        page = null;
        error = StanzaError.ItemNotFound;
        var (start, end) = (0, items.Count);
        if (request.After is { } after && (start = IndexOf(items, uid, after) + 1) == 0)
            return false;
        if (!string.IsNullOrEmpty(request.Before) && (end = IndexOf(items, uid, request.Before)) < 0)
            return false;

        page = Cut(items, uid, request, start, end);
        error = null;
        return true;
    }

    private static Page<T> Cut<T>(IReadOnlyList<T> items, Func<T, string> uid, PageRequest request, int start, int end)
    {
        if (request.Index is { } index)
            start = Math.Min(index, items.Count);

        var count = Math.Min(request.Max, Math.Max(end - start, 0));
        if (request.Before is not null)
            start = end - count;

        var page = new List<T>(count);
        for (var i = start; i < start + count; i++)
            page.Add(items[i]);

        var result = count == 0
            ? new PageResult(null, null, null, items.Count)
            : new PageResult(uid(page[0]), uid(page[^1]), start, items.Count);
        return new Page<T>(page, result);
    }

    private static int IndexOf<T>(IReadOnlyList<T> items, Func<T, string> uid, string sought)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (uid(items[i]) == sought)
                return i;
        }

        return -1;
    }

    private static int LowerBound<T>(IReadOnlyList<T> sorted, Func<T, string> uid, string sought, bool isAfter)
    {
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(uid(sorted[middle]), sought);
            if (order < 0 || (order == 0 && isAfter))
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
