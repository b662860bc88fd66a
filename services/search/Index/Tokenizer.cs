using System.Globalization;
using System.Text;

namespace Annex.Search.Index;

/// <summary>
/// Cuts text into words, the same way for rooms and for queries: compatibility forms, accents and case folded away, invisible
/// characters dropped, letters and digits kept together. Scripts without spaces between words give one word per character,
/// and queries for several of them look for the characters side by side.
/// </summary>
public static class Tokenizer
{
    /// <summary>Characters of one word; longer ones are cut. Nobody types more, and the index has to hold it.</summary>
    public const int MaxWordLength = 40;

    /// <summary>The words of a text in order, at most this many.</summary>
    public static List<Word> Words(string text, int max)
    {
        var words = new List<Word>();
        var word = new StringBuilder();
        foreach (var rune in WellFormed(text).Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (words.Count >= max)
                return words;
            switch (KindOf(rune))
            {
                case RuneKind.Part:
                    Append(word, rune);
                    break;
                case RuneKind.Whole:
                    End(word, words);
                    words.Add(new Word(rune.ToString(), IsCharacter: true));
                    break;
                case RuneKind.Break:
                    End(word, words);
                    break;
            }
        }
        End(word, words);
        if (words.Count > max)
            words.RemoveRange(max, words.Count - max);
        return words;
    }

    /// <summary>The words with one space between them: the form in which whole texts are compared.</summary>
    public static string Key(string text) => string.Join(' ', Words(text, max: 20).Select(w => w.Text));

    // Half a surrogate pair is no text; normalising would throw.
    private static string WellFormed(string text) =>
        text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;

    private static void Append(StringBuilder word, Rune rune)
    {
        if (word.Length >= MaxWordLength)
            return;
        // Case folding that ToLower does not do.
        if (rune.Value is 'ß' or 'ẞ')
            word.Append("ss");
        else if (rune.Value == 'ς')
            word.Append('σ');
        else
            word.Append(Rune.ToLowerInvariant(rune));
    }

    private static void End(StringBuilder word, List<Word> words)
    {
        if (word.Length > 0)
            words.Add(new Word(word.ToString(), IsCharacter: false));
        word.Clear();
    }

    private static RuneKind KindOf(Rune rune)
    {
        if (IsWithoutSpaces(rune.Value))
            return RuneKind.Whole;
        if (rune == Rune.ReplacementChar)
            return RuneKind.Break;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => RuneKind.Part,
            // Vowel signs of Indic scripts belong to their word; accents, taken apart by the normalisation, go.
            UnicodeCategory.SpacingCombiningMark => RuneKind.Part,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => RuneKind.Drop,
            // Emoji.
            UnicodeCategory.OtherSymbol => RuneKind.Whole,
            _ => RuneKind.Break,
        };
    }

    // Han, Hiragana, Katakana and their extensions; Thai, Lao, Khmer and Burmese.
    private static bool IsWithoutSpaces(int value) => value is (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF)
        or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF)
        or (>= 0x0E01 and <= 0x0EDF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17B3);

    private enum RuneKind
    {
        Part,
        Whole,
        Drop,
        Break,
    }
}
