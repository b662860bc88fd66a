using System.Globalization;
using System.Text;

namespace Annex.Xmpp.Addressing;

/// <summary>The two string classes of RFC 8264: which code points a string may hold. Derived from the runtime's Unicode
/// properties by §8, so it grows with the runtime; what is no property there stands as ranges.</summary>
internal static class PrecisClass
{
    // §9.6 (RFC 5892 §2.6): exceptions that are allowed and disallowed whatever their category.
    private static readonly CodePointSet AlwaysValid = CodePointSet.FromRanges(
        0xDF, 0xDF, 0x3C2, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0xF0B, 0x3007, 0x3007);

    private static readonly CodePointSet NeverValid = CodePointSet.FromRanges(
        0x640, 0x640, 0x7FA, 0x7FA, 0x302E, 0x302F, 0x3031, 0x3035, 0x303B, 0x303B);

    // §9.9: conjoining jamo.
    private static readonly CodePointSet OldHangulJamo = CodePointSet.FromRanges(
        0x1100, 0x11FF, 0xA960, 0xA97C, 0xD7B0, 0xD7C6, 0xD7CB, 0xD7FB);

    // §9.13: Default_Ignorable_Code_Point and the noncharacters.
    private static readonly CodePointSet Ignorable = CodePointSet.FromRanges(
        0xAD, 0xAD, 0x34F, 0x34F, 0x61C, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180F, 0x200B, 0x200F,
        0x202A, 0x202E, 0x2060, 0x206F, 0x3164, 0x3164, 0xFDD0, 0xFDEF, 0xFE00, 0xFE0F, 0xFEFF, 0xFEFF, 0xFFA0, 0xFFA0,
        0xFFF0, 0xFFF8, 0x1BCA0, 0x1BCA3, 0x1D173, 0x1D17A, 0xE0000, 0xE0FFF);

    // Canonical_Combining_Class=Virama, for the joiners (RFC 5892 appendix A.1, A.2).
    private static readonly CodePointSet Virama = CodePointSet.FromRanges(
        0x94D, 0x94D, 0x9CD, 0x9CD, 0xA4D, 0xA4D, 0xACD, 0xACD, 0xB4D, 0xB4D, 0xBCD, 0xBCD, 0xC4D, 0xC4D, 0xCCD, 0xCCD,
        0xD3B, 0xD3C, 0xD4D, 0xD4D, 0xDCA, 0xDCA, 0xE3A, 0xE3A, 0xEBA, 0xEBA, 0xF84, 0xF84, 0x1039, 0x103A,
        0x1714, 0x1715, 0x1734, 0x1734, 0x17D2, 0x17D2, 0x1A60, 0x1A60, 0x1B44, 0x1B44, 0x1BAA, 0x1BAB, 0x1BF2, 0x1BF3,
        0x2D7F, 0x2D7F, 0xA806, 0xA806, 0xA82C, 0xA82C, 0xA8C4, 0xA8C4, 0xA953, 0xA953, 0xA9C0, 0xA9C0, 0xAAF6, 0xAAF6,
        0xABED, 0xABED);

    // Arabic letters that join on both sides, and those that join to the right only (Joining_Type D and R).
    private static readonly CodePointSet Dual = CodePointSet.FromRanges(
        0x620, 0x620, 0x626, 0x626, 0x628, 0x628, 0x62A, 0x62E, 0x633, 0x63F, 0x641, 0x647, 0x649, 0x64A, 0x66E, 0x66F,
        0x678, 0x687, 0x69A, 0x6BF, 0x6C1, 0x6C2, 0x6CC, 0x6CC, 0x6CE, 0x6CE, 0x6D0, 0x6D1, 0x6FA, 0x6FC, 0x6FF, 0x6FF);

    private static readonly CodePointSet RightJoining = CodePointSet.FromRanges(
        0x622, 0x625, 0x627, 0x627, 0x629, 0x629, 0x62F, 0x632, 0x648, 0x648, 0x671, 0x673, 0x675, 0x677, 0x688, 0x699,
        0x6C0, 0x6C0, 0x6C3, 0x6CB, 0x6CD, 0x6CD, 0x6CF, 0x6CF, 0x6D2, 0x6D3, 0x6D5, 0x6D5, 0x6EE, 0x6EF);

    /// <summary>§4.2 IdentifierClass, or §4.3 FreeformClass.</summary>
    public static bool Contains(string text, bool isFreeform)
    {
        var runes = text.EnumerateRunes().ToArray();
        for (var i = 0; i < runes.Length; i++)
        {
            if (!IsAllowed(runes, i, isFreeform))
            {
                return false;
            }
        }

        return runes.Length > 0;
    }

    // §8, in its order.
    private static bool IsAllowed(Rune[] runes, int at, bool isFreeform)
    {
        var rune = runes[at];
        var value = rune.Value;
        if (AlwaysValid.Contains(value) || value is >= 0x21 and <= 0x7E)
        {
            return true;
        }

        if (NeverValid.Contains(value))
        {
            return false;
        }

        if (IsContextual(value))
        {
            return IsAllowedInContext(runes, at);
        }

        var category = Rune.GetUnicodeCategory(rune);
        if (category is UnicodeCategory.OtherNotAssigned or UnicodeCategory.Control or UnicodeCategory.PrivateUse
                or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate || OldHangulJamo.Contains(value) || Ignorable.Contains(value))
        {
            return false;
        }

        // §9.17: characters with compatibility forms are for free text alone.
        var text = rune.ToString();
        if (text.Normalize(NormalizationForm.FormKC) != text)
        {
            return isFreeform;
        }

        return isFreeform || category is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter
            or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ModifierLetter
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
    }

    private static bool IsContextual(int value) => value
        is 0xB7 or 0x375 or 0x5F3 or 0x5F4 or 0x30FB or 0x200C or 0x200D
        or (>= 0x660 and <= 0x669) or (>= 0x6F0 and <= 0x6F9);

    // RFC 5892 appendix A.
    private static bool IsAllowedInContext(Rune[] runes, int at)
    {
        var before = at > 0 ? runes[at - 1].Value : -1;
        var after = at + 1 < runes.Length ? runes[at + 1].Value : -1;
        switch (runes[at].Value)
        {
            case 0xB7: // A.3
                return before == 'l' && after == 'l';
            case 0x375: // A.4
                return after is (>= 0x370 and <= 0x3FF) or (>= 0x1F00 and <= 0x1FFF);
            case 0x5F3 or 0x5F4: // A.5, A.6
                return before is >= 0x591 and <= 0x5F4;
            case 0x30FB: // A.7
                return Array.Exists(runes, rune => rune.Value is (>= 0x3041 and <= 0x309F) or (>= 0x30A1 and <= 0x30FA)
                    or (>= 0x30FC and <= 0x30FF) or 0x3005 or (>= 0x3400 and <= 0x9FFF) or (>= 0x20000 and <= 0x323AF));
            case 0x200C: // A.1
                return Virama.Contains(before) || IsBetweenJoining(runes, at);
            case 0x200D: // A.2
                return Virama.Contains(before);
            case <= 0x669: // A.8
                return !Array.Exists(runes, rune => rune.Value is >= 0x6F0 and <= 0x6F9);
            default: // A.9
                return !Array.Exists(runes, rune => rune.Value is >= 0x660 and <= 0x669);
        }
    }

    private static bool IsBetweenJoining(Rune[] runes, int at)
    {
        var left = at - 1;
        while (left >= 0 && Rune.GetUnicodeCategory(runes[left]) == UnicodeCategory.NonSpacingMark)
        {
            left--;
        }

        var right = at + 1;
        while (right < runes.Length && Rune.GetUnicodeCategory(runes[right]) == UnicodeCategory.NonSpacingMark)
        {
            right++;
        }

        return left >= 0 && right < runes.Length && Dual.Contains(runes[left].Value) &&
            (Dual.Contains(runes[right].Value) || RightJoining.Contains(runes[right].Value));
    }
}
