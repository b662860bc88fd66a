using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Unicode;

namespace Annex.Xmpp.Addressing;

/// <summary>
/// RFC 3454 with the profiles Nodeprep (localparts) and Resourceprep (resources) of RFC 3920 appendices A and B, as
/// both servers compare. Code points that Unicode 3.2 did not know pass unmapped and unnormalised, as they do there:
/// whatever two addresses the server tells apart stay apart here.
/// </summary>
internal static class Stringprep
{
    // Nodeprep's own prohibitions and C.1.1 (RFC 3920 §A.5).
    private static readonly SearchValues<char> ProhibitedInLocal = SearchValues.Create(" \"&'/:<>@");

    private static readonly FrozenDictionary<int, string> Foldings = StringprepTables.Foldings.ToFrozenDictionary(
        entry => (int)entry[0], entry => entry[1..]);

    public static bool TryNodeprep(ReadOnlySpan<byte> utf8, Span<byte> output, out int written) =>
        TryPrepare(utf8, isNode: true, output, out written);

    public static bool TryResourceprep(ReadOnlySpan<byte> utf8, Span<byte> output, out int written) =>
        TryPrepare(utf8, isNode: false, output, out written);

    /// <summary>False where the bytes are no UTF-8, a code point is prohibited, directions mix, or output is too short.
    /// The result may be empty.</summary>
    private static bool TryPrepare(ReadOnlySpan<byte> utf8, bool isNode, Span<byte> output, out int written)
    {
        written = 0;
        if (!TryMap(utf8, isNode, out var mapped))
        {
            return false;
        }

        var text = Normalize(mapped);
        if (isNode && text.AsSpan().ContainsAny(ProhibitedInLocal))
        {
            return false;
        }

        return IsAllowed(text) && Utf8.FromUtf16(text, output, out _, out written) == OperationStatus.Done;
    }

    // §3: mapping. B.1 in both profiles, B.2 in Nodeprep alone.
    private static bool TryMap(ReadOnlySpan<byte> utf8, bool isNode, out string mapped)
    {
        mapped = "";
        var builder = new StringBuilder(utf8.Length);
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out var rune, out var used) != OperationStatus.Done)
            {
                return false;
            }

            utf8 = utf8[used..];
            if (StringprepTables.MappedToNothing.Contains(rune.Value))
            {
                continue;
            }

            // C.4: refused here already, because the runtime throws when it is to normalise a noncharacter.
            if ((rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF)
            {
                return false;
            }

            if (isNode)
            {
                AppendFolded(builder, rune);
            }
            else
            {
                builder.Append(rune);
            }
        }

        mapped = builder.ToString();
        return true;
    }

    // B.2 as §3.2 and appendix B define it: fold, and where normalising what was folded brings new upper case, fold
    // again.
    private static void AppendFolded(StringBuilder builder, Rune rune)
    {
        if (rune.IsAscii)
        {
            builder.Append((char)(rune.Value is >= 'A' and <= 'Z' ? rune.Value | 0x20 : rune.Value));
            return;
        }

        if (StringprepTables.Unassigned.Contains(rune.Value))
        {
            builder.Append(rune);
            return;
        }

        var folded = Fold(rune.ToString());
        var normal = folded.Normalize(NormalizationForm.FormKC);
        var again = Fold(normal).Normalize(NormalizationForm.FormKC);
        builder.Append(again == normal ? folded : again);
    }

    private static string Fold(string text)
    {
        var builder = new StringBuilder(text.Length + 2);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Foldings.TryGetValue(rune.Value, out var folding))
            {
                builder.Append(folding);
                continue;
            }

            // A lower case that came into Unicode after 3.2 is none for RFC 3454.
            var lower = Rune.ToLowerInvariant(rune);
            builder.Append(StringprepTables.Unassigned.Contains(lower.Value) ? rune : lower);
        }

        return builder.ToString();
    }

    // §4: NFKC of Unicode 3.2. What 3.2 did not know stands as it is and separates what is normalised.
    private static string Normalize(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var builder = new StringBuilder(text.Length);
        var start = 0;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (StringprepTables.Unassigned.Contains(rune.Value))
            {
                builder.Append(text[start..at].Normalize(NormalizationForm.FormKC)).Append(rune);
                start = at + rune.Utf16SequenceLength;
            }

            at += rune.Utf16SequenceLength;
        }

        return builder.Append(text[start..].Normalize(NormalizationForm.FormKC)).ToString();
    }

    // §5 and §6.
    private static bool IsAllowed(string text)
    {
        var hasRightToLeft = false;
        var hasLeftToRight = false;
        var isFirst = true;
        var doesBeginRightToLeft = false;
        var doesEndRightToLeft = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (StringprepTables.Prohibited.Contains(rune.Value))
            {
                return false;
            }

            doesEndRightToLeft = StringprepTables.RightToLeft.Contains(rune.Value);
            doesBeginRightToLeft |= isFirst && doesEndRightToLeft;
            hasRightToLeft |= doesEndRightToLeft;
            hasLeftToRight |= StringprepTables.LeftToRight.Contains(rune.Value);
            isFirst = false;
        }

        return !hasRightToLeft || (!hasLeftToRight && doesBeginRightToLeft && doesEndRightToLeft);
    }
}
