using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Paging;

/// <summary>
/// Which page of a result set is asked for (XEP-0059). At most one of After, Before and Index is set; none of them
/// means the first page.
/// </summary>
public sealed record PageRequest
{
    public const string Namespace = "http://jabber.org/protocol/rsm";

    // A UID is opaque and ours; none of ours is longer.
    private const int MaxUidLength = 1024;

    /// <summary>Items at most, already cut to the service's own limit; 0 asks for the count alone (§2.7).</summary>
    public required int Max { get; init; }

    /// <summary>The UID in front of the page (§2.2).</summary>
    public string? After { get; init; }

    /// <summary>The UID behind the page (§2.3); empty asks for the last page (§2.5).</summary>
    public string? Before { get; init; }

    /// <summary>Where the page begins (§2.6).</summary>
    public int? Index { get; init; }

    /// <summary>Was there a set element? Without one the answer carries none where everything fits.</summary>
    public bool IsExplicit { get; init; } = true;

    /// <summary>Reads the set element among the children of a query.</summary>
    /// <param name="limit">Items of a page at most, and without a set element or its max.</param>
    /// <param name="error">bad-request for what is no number or contradicts itself.</param>
    public static bool TryRead(Element query, int limit, [NotNullWhen(true)] out PageRequest? request,
        [NotNullWhen(false)] out StanzaError? error)
    {
        request = new PageRequest { Max = limit, IsExplicit = false };
        error = null;
        if (query.Child("set", Namespace) is not { } set)
            return true;

        var max = set.Child("max");
        var after = set.Child("after")?.Text;
        var before = set.Child("before")?.Text;
        var index = set.Child("index");
        var count = limit;
        var start = 0;
        request = null;
        if ((max is not null && !TryReadNumber(max.Text, out count)) ||
            (index is not null && !TryReadNumber(index.Text, out start)))
        {
            error = StanzaError.BadRequest.WithText("max and index of a result set are numbers.");
            return false;
        }

        // An empty after is what a client sends that has seen nothing yet: the first page.
        after = string.IsNullOrEmpty(after) ? null : after;
        if ((after is not null ? 1 : 0) + (before is not null ? 1 : 0) + (index is not null ? 1 : 0) > 1)
        {
            error = StanzaError.BadRequest.WithText("A page has one of after, before and index.");
            return false;
        }

        if (after?.Length > MaxUidLength || before?.Length > MaxUidLength)
        {
            error = StanzaError.ItemNotFound;
            return false;
        }

        request = new PageRequest
        {
            Max = Math.Min(count, limit),
            After = after,
            Before = before,
            Index = index is null ? null : start,
        };
        return true;
    }

    /// <summary>The set element that asks.</summary>
    public Element ToElement()
    {
        var set = new Element("set", Namespace).Add("max", Max.ToString(CultureInfo.InvariantCulture));
        if (After is not null)
            set.Add("after", After);
        if (Before is not null)
            set.Add("before", Before);
        if (Index is { } index)
            set.Add("index", index.ToString(CultureInfo.InvariantCulture));
        return set;
    }

    // Any larger number than an int says "all".
    private static bool TryReadNumber(string text, out int number)
    {
        var trimmed = text.AsSpan().Trim();
        number = int.MaxValue;
        return trimmed.Length > 0 && !trimmed.ContainsAnyExceptInRange('0', '9') &&
            (int.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out number) || SetMax(out number));
    }

    private static bool SetMax(out int number)
    {
        number = int.MaxValue;
        return true;
    }
}
