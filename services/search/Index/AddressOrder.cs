namespace Annex.Search.Index;

/// <summary>Addresses as their octets in UTF-8 order them: as the database does (collation "C").</summary>
public static class AddressOrder
{
    /// <summary>UTF-16 orders as UTF-8 does, except that surrogates stand before U+E000 to U+FFFF instead of after.</summary>
    public static int Compare(string x, string y)
    {
        var length = Math.Min(x.Length, y.Length);
        var same = x.AsSpan(0, length).CommonPrefixLength(y.AsSpan(0, length));
        if (same == length)
            return x.Length.CompareTo(y.Length);
        var (a, b) = (x[same], y[same]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b)
            : char.IsSurrogate(a) ? (b >= '\ue000' ? 1 : a.CompareTo(b))
            : a >= '\ue000' ? -1 : a.CompareTo(b);
    }
}
