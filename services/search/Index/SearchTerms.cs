using System.Diagnostics.CodeAnalysis;

namespace Annex.Search.Index;

/// <summary>
/// What was typed into a search field, understood: words that all have to be there, the last letters of each left open, and
/// "phrases in quotation marks" as they stand. Everything else that a person types is punctuation.
/// </summary>
public sealed class SearchTerms
{
    private SearchTerms(IReadOnlyList<IReadOnlyList<Word>> phrases, IReadOnlyList<bool> isOpen, string key)
    {
        Phrases = phrases;
        IsOpen = isOpen;
        Key = key;
    }

    /// <summary>Terms, each of one word or of several side by side.</summary>
    public IReadOnlyList<IReadOnlyList<Word>> Phrases { get; }

    /// <summary>Whether the last word of the term may go on.</summary>
    public IReadOnlyList<bool> IsOpen { get; }

    /// <summary>All words with one space between them: what a name is compared with as a whole.</summary>
    public string Key { get; }

    /// <summary>False where nothing in the text can be searched for; problem then says why, to a person.</summary>
    public static bool TryParse(
        string text, SearchLimits limits, [NotNullWhen(true)] out SearchTerms? terms, [NotNullWhen(false)] out string? problem)
    {
        terms = null;
        if (text.Length > limits.MaxQueryLength)
        {
            problem = $"A search has at most {limits.MaxQueryLength} characters.";
            return false;
        }
        var phrases = new List<IReadOnlyList<Word>>();
        var isOpen = new List<bool>();
        var all = new List<string>();
        // Parts outside and inside quotation marks take turns.
        var parts = text.Split('"', '“', '”', '„', '«', '»');
        for (var i = 0; i < parts.Length; i++)
        {
            var words = Tokenizer.Words(parts[i], limits.MaxTerms);
            all.AddRange(words.Select(w => w.Text));
            // An opening mark without a closing one quotes nothing.
            if (i % 2 == 1 && i < parts.Length - 1)
                Add(words, false);
            else
                AddLoose(words, Add);
        }
        if (phrases.Count == 0)
        {
            problem = $"A search needs a word of at least {limits.MinTermLength} letters.";
            return false;
        }
        if (phrases.Count > limits.MaxTerms)
        {
            problem = $"A search has at most {limits.MaxTerms} words.";
            return false;
        }
        problem = null;
        terms = new SearchTerms(phrases, isOpen, string.Join(' ', all));
        return true;

        void Add(List<Word> words, bool open)
        {
            if (words.Count == 0 || (words.Count == 1 && !words[0].IsCharacter && words[0].Text.Length < limits.MinTermLength))
                return;
            phrases.Add(words);
            isOpen.Add(open && !words[^1].IsCharacter);
        }
    }

    // Every word is a term; characters that stand together are one.
    private static void AddLoose(List<Word> words, Action<List<Word>, bool> add)
    {
        for (var i = 0; i < words.Count; i++)
        {
            var term = new List<Word> { words[i] };
            while (words[i].IsCharacter && i + 1 < words.Count && words[i + 1].IsCharacter)
                term.Add(words[++i]);
            add(term, true);
        }
    }
}
