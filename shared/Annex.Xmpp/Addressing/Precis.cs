using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Annex.Xmpp.Addressing;

/// <summary>
/// The stricter policy for names that Annex itself lets into the world (rooms, nicks): RFC 8265 for localparts and
/// resources, RFC 8266 for nicks. Never for addresses that a server delivered: those are compared by RFC 3454 and never
/// refused.
/// </summary>
public static class Precis
{
    // RFC 7622 §3.3.1.
    private static readonly SearchValues<char> ExcludedFromLocal = SearchValues.Create("\"&'/:<>@");

    /// <summary>May a localpart that looks exactly so be created? UsernameCaseMapped of RFC 8265 §3.3 without the
    /// characters of RFC 7622 §3.3.1.</summary>
    public static bool IsAllowedLocalpart(string? text) =>
        TryEnforceLocalpart(text, out var enforced) && enforced == text;

    /// <summary>May a resource that looks exactly so be created? OpaqueString of RFC 8265 §4.2.</summary>
    public static bool IsAllowedResource(string? text) =>
        TryEnforceResource(text, out var enforced) && enforced == text;

    /// <summary>May a nick that looks exactly so be created? No space at its ends or twice in a row, nothing invisible,
    /// no compatibility forms (RFC 8266 §2.3).</summary>
    public static bool IsAllowedNickname(string? text) =>
        TryEnforceNickname(text, out var enforced) && enforced == text;

    /// <summary>RFC 8265 §3.3.3: width, case, NFC, direction, IdentifierClass.</summary>
    public static bool TryEnforceLocalpart(string? text, [NotNullWhen(true)] out string? enforced)
    {
        enforced = null;
        if (!TryNormalize(text, out var normal, NormalizationForm.FormC, isWidthMapped: true, isLower: true) ||
            normal.AsSpan().ContainsAny(ExcludedFromLocal) || !PrecisClass.Contains(normal, isFreeform: false) ||
            !KeepsBidiRule(normal) || !Fits(normal))
        {
            return false;
        }

        enforced = normal;
        return true;
    }

    /// <summary>RFC 8265 §4.2.3: every space becomes U+0020, NFC, FreeformClass.</summary>
    public static bool TryEnforceResource(string? text, [NotNullWhen(true)] out string? enforced)
    {
        enforced = null;
        if (!TryNormalize(text, out var normal, NormalizationForm.FormC) ||
            !PrecisClass.Contains(MapSpaces(normal), isFreeform: true))
        {
            return false;
        }

        enforced = MapSpaces(normal);
        return Fits(enforced);
    }

    /// <summary>RFC 8266 §2.3: spaces mapped, trimmed and folded to one, NFKC, FreeformClass; repeated until stable, at
    /// most three times (§2.1).</summary>
    public static bool TryEnforceNickname(string? text, [NotNullWhen(true)] out string? enforced)
    {
        enforced = null;
        var current = text;
        for (var round = 0; round < 3; round++)
        {
            if (!TryNormalize(current, out var normal, NormalizationForm.FormKC))
            {
                return false;
            }

            var next = FoldSpaces(MapSpaces(normal));
            if (!PrecisClass.Contains(next, isFreeform: true) || !Fits(next))
            {
                return false;
            }

            if (next == current)
            {
                enforced = next;
                return true;
            }

            current = next;
        }

        return false;
    }

    /// <summary>RFC 8266 §2.4: what two nicks are compared by, case aside. Null where the nick is not
    /// allowed.</summary>
    public static string? NicknameKey(string? text) =>
        TryEnforceNickname(text, out var enforced) && TryEnforceNickname(Lower(enforced), out var key) ? key : null;

    private static bool TryNormalize(string? text, [NotNullWhen(true)] out string? normal, NormalizationForm form,
        bool isWidthMapped = false, bool isLower = false)
    {
        normal = null;
        // Three times the limit: preparing may shorten, but nobody needs more.
        if (string.IsNullOrEmpty(text) || text.Length > 3 * Jid.MaxPartBytes)
        {
            return false;
        }

        var mapped = isWidthMapped ? MapWidth(text) : text;
        try
        {
            normal = (isLower ? Lower(mapped) : mapped).Normalize(form);
            return true;
        }
        catch (ArgumentException)
        {
            // A lone surrogate or a noncharacter: no class holds one.
            return false;
        }
    }

    // RFC 8265 §3.3.2: fullwidth and halfwidth forms and the ideographic space become what they stand for.
    private static string MapWidth(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\u3000', '\uFFEF'))
        {
            return text;
        }

        var builder = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            builder.Append(c is '\u3000' or (>= '\uFF01' and <= '\uFFEE')
                ? c.ToString().Normalize(NormalizationForm.FormKC)
                : c.ToString());
        }

        return builder.ToString();
    }

    private static string Lower(string text) => text.ToLowerInvariant();

    private static string MapSpaces(string text)
    {
        var builder = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            builder.Append(char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? ' ' : c);
        }

        return builder.ToString();
    }

    private static string FoldSpaces(string text) =>
        string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static bool Fits(string text) => text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= Jid.MaxPartBytes;

    // RFC 5893 §2, for strings that hold any right-to-left letter. The runtime knows no bidirectional classes: letters
    // and spacing marks outside the right-to-left blocks count as L, decimal digits as numbers, the rest as neutral.
    private static bool KeepsBidiRule(string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        if (!Array.Exists(runes, IsRightToLeft))
        {
            return true;
        }

        var last = runes.Length - 1;
        while (last > 0 && Rune.GetUnicodeCategory(runes[last]) == UnicodeCategory.NonSpacingMark)
        {
            last--;
        }

        var isArabicNumber = Array.Exists(runes, rune => rune.Value is >= 0x660 and <= 0x669);
        var isEuropeanNumber = Array.Exists(runes,
            rune => rune.Value is (>= '0' and <= '9') or (>= 0x6F0 and <= 0x6F9));
        return IsRightToLeft(runes[0]) && (IsRightToLeft(runes[last]) || Rune.IsDigit(runes[last])) &&
            !(isArabicNumber && isEuropeanNumber) && !Array.Exists(runes, IsLeftToRight);
    }

    private static bool IsRightToLeft(Rune rune) => StringprepTables.RightToLeft.Contains(rune.Value) ||
        (rune.Value is (>= 0x5D0 and <= 0x8FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFF)
            or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF) && Rune.IsLetter(rune));

    private static bool IsLeftToRight(Rune rune) => !IsRightToLeft(rune) &&
        (Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpacingCombiningMark);
}
