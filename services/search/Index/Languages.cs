namespace Annex.Search.Index;

/// <summary>Languages whose word forms the index knows (the stemmers of PostgreSQL).</summary>
public static class Languages
{
    /// <summary>Used for rooms and queries that name no language; most rooms that do not are in English.</summary>
    public const string Fallback = "english";

    private static readonly Dictionary<string, string> Stemmers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ar"] = "arabic",
        ["ca"] = "catalan",
        ["da"] = "danish",
        ["de"] = "german",
        ["el"] = "greek",
        ["en"] = "english",
        ["es"] = "spanish",
        ["eu"] = "basque",
        ["fi"] = "finnish",
        ["fr"] = "french",
        ["ga"] = "irish",
        ["hi"] = "hindi",
        ["hu"] = "hungarian",
        ["hy"] = "armenian",
        ["id"] = "indonesian",
        ["it"] = "italian",
        ["lt"] = "lithuanian",
        ["nb"] = "norwegian",
        ["ne"] = "nepali",
        ["nl"] = "dutch",
        ["nn"] = "norwegian",
        ["no"] = "norwegian",
        ["pt"] = "portuguese",
        ["ro"] = "romanian",
        ["ru"] = "russian",
        ["sr"] = "serbian",
        ["sv"] = "swedish",
        ["ta"] = "tamil",
        ["tr"] = "turkish",
        ["yi"] = "yiddish",
    };

    /// <summary>The name of the stemmer; of the fallback for a language without one.</summary>
    public static string StemmerOf(string? language) => Stemmers.GetValueOrDefault(PrimaryOf(language) ?? "", Fallback);

    /// <summary>"de" for "de-AT"; null for what is no language tag (RFC 5646: letters, digits and hyphens).</summary>
    public static string? PrimaryOf(string? tag)
    {
        if (tag is null)
            return null;
        var end = tag.AsSpan().IndexOfAny('-', '_');
        var primary = end < 0 ? tag : tag[..end];
        return primary.Length is >= 2 and <= 8 && primary.All(char.IsAsciiLetter) ? primary.ToLowerInvariant() : null;
    }

    /// <summary>The tag as it may be shown, or null where it is none.</summary>
    public static string? Clean(string? tag)
    {
        // RFC 5646 §4.4.1: implementations hold at least 35 characters.
        var trimmed = tag?.Trim().Replace('_', '-');
        return trimmed is { Length: >= 2 and <= 35 } && trimmed.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            && PrimaryOf(trimmed) is not null ? trimmed : null;
    }
}
