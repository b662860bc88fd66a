using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Annex.Search.Index;

/// <summary>A place in a sorted list: between the room that has these values and its neighbour, whether or not the room is
/// still there. So a walk goes on where it was, whatever came or went meanwhile.</summary>
/// <param name="Key">The sort key's number; 0 by address.</param>
public readonly record struct Cursor(int Key, string Jid)
{
    public static bool TryParse(string text, SortKey sort, [NotNullWhen(true)] out Cursor? cursor)
    {
        cursor = null;
        if (sort == SortKey.Address)
        {
            cursor = new Cursor(0, text);
            return true;
        }
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !int.TryParse(text.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var key))
            return false;
        cursor = new Cursor(key, text[(space + 1)..]);
        return true;
    }

    public string ToText(SortKey sort) =>
        sort == SortKey.Address ? Jid : string.Create(CultureInfo.InvariantCulture, $"{Key} {Jid}");
}
