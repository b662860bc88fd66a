using System.Globalization;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Paging;

/// <summary>What a page is part of (XEP-0059 §2.2): UIDs of its first and last item (null for an empty page), the place
/// of the first and the size of the whole set where they are known.</summary>
public sealed record PageResult(string? First, string? Last, int? FirstIndex = null, int? Count = null)
{
    public Element ToElement()
    {
        var set = new Element("set", PageRequest.Namespace);
        if (First is not null && Last is not null)
        {
            set.Add(new Element("first", PageRequest.Namespace)
                .With("index", FirstIndex?.ToString(CultureInfo.InvariantCulture)).AddText(First));
            set.Add("last", Last);
        }

        if (Count is { } count)
            set.Add("count", count.ToString(CultureInfo.InvariantCulture));
        return set;
    }

    /// <summary>Reads the set element among the children of a result, or null.</summary>
    public static PageResult? Read(Element result)
    {
        if (result.Child("set", PageRequest.Namespace) is not { } set)
            return null;

        var first = set.Child("first");
        return new PageResult(first?.Text, set.Child("last")?.Text, Number(first?["index"]),
            Number(set.Child("count")?.Text));
    }

    private static int? Number(string? text) =>
        int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
