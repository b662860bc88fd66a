using System.Globalization;
using System.Text;

namespace Annex.Upload.Slots;

/// <summary>
/// The name that a client wishes, made fit for a URL and a Content-Disposition. XEP-0363 §4 asks to keep it and especially its
/// ending; everything that could traverse, deceive or inject goes.
/// </summary>
public static class FileName
{
    private const int MaxExtensionBytes = 24;
    private const string Nameless = "file";

    /// <summary>The last segment without control characters, direction overrides and percent signs, at most maxBytes of UTF-8
    /// with the ending kept; null where the client gave no name at all.</summary>
    public static string? Sanitize(string? wished, int maxBytes)
    {
        if (string.IsNullOrEmpty(wished)) return null;
        var last = wished.AsSpan()[(wished.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        var clean = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes()) Append(clean, rune);
        var name = clean.ToString().Trim();
        if (name.Trim('.', ' ', '_').Length == 0) return Nameless;
        // What was cut off may leave a space, or nothing that is a name, at the end.
        var shortened = Shorten(name, maxBytes).Trim();
        return shortened.Trim('.', ' ', '_').Length == 0 ? Nameless : shortened;
    }

    private static void Append(StringBuilder clean, Rune rune)
    {
        var category = Rune.GetUnicodeCategory(rune);
        var isAllowed = category switch
        {
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned => false,
            // Joiners are part of emoji and of some scripts; the other format characters reorder or hide text.
            UnicodeCategory.Format => rune.Value is 0x200C or 0x200D || rune.Value is >= 0xE0020 and <= 0xE007F,
            _ => true,
        };
        // An encoded slash behind a proxy that decodes twice would be a slash.
        if (!isAllowed || rune.Value == '%' || rune == Rune.ReplacementChar) clean.Append('_');
        else clean.Append(rune.ToString());
    }

    private static string Shorten(string name, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(name) <= maxBytes) return name;
        var dot = name.LastIndexOf('.');
        var extension = dot > 0 ? name[dot..] : "";
        if (Encoding.UTF8.GetByteCount(extension) > Math.Min(MaxExtensionBytes, maxBytes - 1)) extension = "";
        var room = maxBytes - Encoding.UTF8.GetByteCount(extension);
        var stem = new StringBuilder();
        foreach (var rune in name.AsSpan(0, name.Length - extension.Length).EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0) break;
            stem.Append(rune.ToString());
        }
        return stem.Append(extension).ToString();
    }
}
