using System.Globalization;
using System.Text;

namespace Annex.Search.Index;

/// <summary>Signs that a room tries to look like something else. A flag is shown to operators and users; it hides nothing.</summary>
public static class Suspicion
{
    /// <summary>Letters of several scripts in one word, as in "pаypal" with a Cyrillic а.</summary>
    public const string MixedScripts = "mixed-scripts";

    /// <summary>Characters that nobody sees, or that turn the direction of text.</summary>
    public const string Invisible = "invisible-characters";

    /// <summary>More occupants than any service has.</summary>
    public const string Occupants = "occupants";

    /// <summary>As many other rooms of its service have the same name: who floods a directory gives them one that sells.</summary>
    public const string DuplicateName = "duplicate-name";

    public const int DuplicateNamesFrom = 5;

    public static IEnumerable<string> FlagsOf(string name)
    {
        if (name.EnumerateRunes().Any(IsInvisible))
            yield return Invisible;
        if (name.Split(' ').Any(IsMixed))
            yield return MixedScripts;
    }

    /// <summary>Controls, and format characters except those that emoji and some scripts join letters with.</summary>
    public static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control => rune.Value is not ('\n' or '\t' or '\r'),
        UnicodeCategory.Format => rune.Value is not (0x200C or 0x200D),
        UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator => true,
        _ => false,
    };

    // Latin with Cyrillic or Greek: the three whose letters look alike.
    private static bool IsMixed(string word)
    {
        var (latin, cyrillic, greek) = (false, false, false);
        foreach (var c in word)
        {
            latin |= char.IsAsciiLetter(c) || (c is >= 'À' and <= 'ɏ' && char.IsLetter(c));
            cyrillic |= c is >= 'Ѐ' and <= 'ӿ';
            greek |= c is >= 'Ͱ' and <= 'Ͽ' && char.IsLetter(c);
        }
        return (latin ? 1 : 0) + (cyrillic ? 1 : 0) + (greek ? 1 : 0) > 1;
    }
}
