using System.Globalization;
using System.Text;

namespace Annex.Search.Index;

/// <summary>
/// A room's words and a query's terms in PostgreSQL's notation (tsvector, tsquery). Weights say where a word stands: A name,
/// B address, D tags, C description. The exact words come from here; their stems are added by PostgreSQL from the same words.
/// </summary>
public static class SearchVector
{
    // PostgreSQL keeps positions up to 16383, and no more than 256 of one word.
    private const int MaxWords = 400;

    /// <summary>All exact words of a room.</summary>
    public static string Of(RoomFacts room)
    {
        var vector = new StringBuilder();
        // Gaps between the fields, so that no phrase reaches over the edge.
        var position = 0;
        AppendAll(room.Name, 'A');
        AppendAll(room.Local, 'B');
        AppendAll(room.Domain, 'B');
        foreach (var tag in room.Tags)
            AppendAll(tag, 'D');
        AppendAll(room.Description, 'C');
        return vector.ToString();

        void AppendAll(string text, char weight)
        {
            foreach (var word in Tokenizer.Words(text, MaxWords))
                Append(vector, word.Text, ++position, weight);
            position++;
        }
    }

    /// <summary>The words of a text with spaces between them: what a stemmer is given.</summary>
    public static string Plain(string text) => string.Join(' ', Tokenizer.Words(text, MaxWords).Select(w => w.Text));

    /// <summary>One of the terms, looked for in these weights ("AB"), as it stands or as the beginning of words.</summary>
    public static string Query(SearchTerms terms, int term, string weights) =>
        Phrase(terms.Phrases[term], terms.IsOpen[term] ? ":*" + weights : ":" + weights);

    /// <summary>The same for to_tsquery, which stems it.</summary>
    public static string StemQuery(SearchTerms terms, int term, string weights) => Phrase(terms.Phrases[term], ":" + weights);

    private static string Phrase(IReadOnlyList<Word> phrase, string suffix)
    {
        var query = new StringBuilder();
        for (var i = 0; i < phrase.Count; i++)
        {
            query.Append(i == 0 ? "" : " <-> ");
            AppendWord(query, phrase[i].Text).Append(suffix);
        }
        return query.ToString();
    }

    private static void Append(StringBuilder vector, string word, int position, char weight)
    {
        vector.Append(vector.Length == 0 ? "" : " ");
        AppendWord(vector, word).Append(CultureInfo.InvariantCulture, $":{Math.Min(position, 16383)}{weight}");
    }

    // A word has letters, digits or one symbol, never a quote or backslash; doubled all the same, since a query is made of it.
    private static StringBuilder AppendWord(StringBuilder text, string word) =>
        text.Append('\'').Append(word.Replace("'", "''", StringComparison.Ordinal)
            .Replace("\\", "\\\\", StringComparison.Ordinal)).Append('\'');
}
