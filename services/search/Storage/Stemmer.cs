using System.Collections.Concurrent;
using Annex.Search.Index;
using Npgsql;

namespace Annex.Search.Storage;

/// <summary>Stems as the database makes them, remembered: most words that are searched for were searched for before.</summary>
public sealed class Stemmer(NpgsqlDataSource database)
{
    /// <summary>Words of all languages; beyond it all are forgotten.</summary>
    private const int MaxWords = 400_000;

    private readonly ConcurrentDictionary<(string Language, string Word), string[]> _stems = new();

    /// <summary>Stems of these terms' words, in the language of most rooms and in this one.</summary>
    public async ValueTask<Func<string, IReadOnlyList<string>>> ReadAsync(
        SearchTerms terms, string? language, CancellationToken cancellationToken)
    {
        var asked = Languages.StemmerOf(language);
        await FillAsync(terms, Languages.Fallback, cancellationToken);
        if (asked == Languages.Fallback)
            return word => _stems.GetValueOrDefault((Languages.Fallback, word), []);
        await FillAsync(terms, asked, cancellationToken);
        return word => [.. _stems.GetValueOrDefault((Languages.Fallback, word), []), .. _stems.GetValueOrDefault((asked, word), [])];
    }

    private async ValueTask FillAsync(SearchTerms terms, string language, CancellationToken cancellationToken)
    {
        List<string>? missing = null;
        foreach (var phrase in terms.Phrases)
        {
            foreach (var word in phrase)
            {
                if (!_stems.ContainsKey((language, word.Text)))
                    (missing ??= []).Add(word.Text);
            }
        }
        if (missing is not null)
            await FillAsync(missing, language, cancellationToken);
    }

    /// <summary>Reads the stems of these words ahead, in the language of most rooms.</summary>
    public async Task PrefetchAsync(string[] words, CancellationToken cancellationToken)
    {
        const int Batch = 5000;
        for (var i = 0; i < words.Length && _stems.Count < MaxWords; i += Batch)
            await FillAsync([.. words.Skip(i).Take(Batch)], Languages.Fallback, cancellationToken);
    }

    private async Task FillAsync(List<string> missing, string language, CancellationToken cancellationToken)
    {
        if (_stems.Count > MaxWords)
            _stems.Clear();
        // As the database parses and stems a word of a query: nothing for one that it does not count.
        await using var command = database.CreateCommand(
            "select w, tsvector_to_array(to_tsvector(@language::regconfig, w)) from unnest(@words) w");
        command.Parameters.AddWithValue("language", language);
        command.Parameters.AddWithValue("words", missing.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            _stems[(language, reader.GetString(0))] = reader.GetFieldValue<string[]>(1);
    }
}
