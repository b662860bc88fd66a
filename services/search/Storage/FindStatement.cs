using System.Globalization;
using System.Text;
using Annex.Search.Index;
using Npgsql;

namespace Annex.Search.Storage;

/// <summary>
/// One query as SQL. By relevance it is a union of the places where a match may stand, each sorted by popularity by itself, so
/// that of a word that ten thousand rooms have only a page is read: the index on popularity is walked from its top.
/// </summary>
internal sealed class FindStatement(RoomQuery query, NpgsqlParameterCollection parameters)
{
    private readonly record struct Place(int Score, string Condition);

    public string Build(int limit)
    {
        var filters = Filters();
        var (order, column) = query.Sort switch
        {
            SortKey.Address => (query.IsBackward ? "jid desc" : "jid", "0"),
            SortKey.Occupants => (query.IsBackward ? "occupants, jid desc" : "occupants desc, jid", "occupants"),
            _ => (query.IsBackward ? "popularity, jid desc" : "popularity desc, jid", "popularity"),
        };
        var places = query.Sort == SortKey.Relevance ? Places() : [new Place(0, Matches(SearchFields.All) ?? "true")];
        var parts = places.Select(place => string.Create(CultureInfo.InvariantCulture, $"""
            (select {RoomFinder.SelectColumns}, {column} + {place.Score} as sort_value from search.rooms
            where is_listed and {place.Condition}{filters}{Beyond(column, place.Score)}
            order by {order} limit {limit + query.Offset})
            """));
        // By address the sort value is the same for all: the union has one part there, and its order stands.
        var outer = query.Sort == SortKey.Address ? order : query.IsBackward ? "sort_value, jid desc" : "sort_value desc, jid";
        return string.Create(CultureInfo.InvariantCulture,
            $"select * from ({string.Join("\nunion all\n", parts)}) hits order by {outer} limit {limit} offset {query.Offset}");
    }

    public string BuildCount(int limit)
    {
        var condition = Matches(SearchFields.All) ?? "true";
        return string.Create(CultureInfo.InvariantCulture,
            $"select count(*) from (select 1 from search.rooms where is_listed and {condition}{Filters()} limit {limit}) hits");
    }

    // From the best place to the last, each without the rooms of those before it. See Relevance.
    private List<Place> Places()
    {
        if (query.Terms is not { } terms)
            return [new Place(0, "true")];
        var places = new List<Place>();
        var earlier = new List<string>();
        if (Exact(terms) is { } exact)
            Add(Relevance.Exact, exact);
        if (query.Fields.HasFlag(SearchFields.Name) && query.Fields != SearchFields.Name)
            Add(Relevance.InName, Matches(SearchFields.Name)!);
        if (query.Fields.HasFlag(SearchFields.Description))
            Add(Relevance.InAddressOrTags, Matches(query.Fields & ~SearchFields.Description, withTags: true)!);
        Add(query.Fields.HasFlag(SearchFields.Description) ? Relevance.Anywhere
            : query.Fields == SearchFields.Name ? Relevance.InName : Relevance.InAddressOrTags, Matches(query.Fields)!);
        return places;

        void Add(int score, string condition)
        {
            places.Add(new Place(score, string.Join(" and not ", new[] { condition }.Concat(earlier))));
            earlier.Add(condition);
        }
    }

    private string? Exact(SearchTerms terms)
    {
        var (name, address) = (query.Fields.HasFlag(SearchFields.Name), query.Fields.HasFlag(SearchFields.Address));
        if (!name && !address)
            return null;
        var key = Parameter(terms.Key);
        return (name, address) switch
        {
            (true, true) => $"(name_key = {key} or local_key = {key})",
            (true, false) => $"(name_key = {key})",
            _ => $"(local_key = {key})",
        };
    }

    private string? Matches(SearchFields fields, bool withTags = false)
    {
        if (query.Terms is not { } terms)
            return null;
        fields &= query.Fields;
        var weights = new StringBuilder();
        if (fields.HasFlag(SearchFields.Name))
            weights.Append('A');
        if (fields.HasFlag(SearchFields.Address))
            weights.Append('B');
        if (fields.HasFlag(SearchFields.Description))
            weights.Append('C');
        if (fields.HasFlag(SearchFields.Description) || withTags)
            weights.Append('D');
        // Each word as it stands, or in its forms in the language of most rooms, or in the language that was asked for.
        // Phrases as they stand alone: of their forms the database would drop the stop words, and with them the phrase.
        var stemmer = Languages.StemmerOf(query.Language);
        var all = Enumerable.Range(0, terms.Phrases.Count).Select(term =>
        {
            var exact = Parameter(SearchVector.Query(terms, term, weights.ToString()));
            if (terms.Phrases[term].Count > 1)
                return $"{exact}::tsquery";
            var stem = Parameter(SearchVector.StemQuery(terms, term, weights.ToString()));
            var asked = stemmer == Languages.Fallback ? "" : $" || to_tsquery('{stemmer}', {stem})";
            return $"({exact}::tsquery || to_tsquery('{Languages.Fallback}', {stem}){asked})";
        });
        return $"(words @@ ({string.Join(" && ", all)}))";
    }

    private string Filters()
    {
        var filters = new StringBuilder();
        if (query.MinOccupants > 0)
            filters.Append(CultureInfo.InvariantCulture, $" and occupants >= {query.MinOccupants}");
        if (query.Language is { } language)
            filters.Append(" and primary_language = ").Append(Parameter(Languages.PrimaryOf(language) ?? language));
        if (query.Tags.Count > 0)
            filters.Append(" and tags @> ").Append(Parameter(query.Tags.ToArray()));
        if (query.IsOpen is { } isOpen)
            filters.Append(isOpen ? " and is_open" : " and not is_open");
        if (!query.IncludeNsfw)
            filters.Append(" and not is_nsfw");
        if (query.Domain is { } domain)
            filters.Append(" and domain = ").Append(Parameter(domain));
        return filters.ToString();
    }

    // Beyond the cursor in the order of the list. The first, redundant condition is one that an index can begin with.
    private string Beyond(string column, int score)
    {
        if ((query.After ?? query.Before) is not { } cursor)
            return "";
        var jid = Parameter(cursor.Jid);
        var isForward = query.Before is null;
        if (query.Sort == SortKey.Address)
            return isForward ? $" and jid > {jid}" : $" and jid < {jid}";
        var key = cursor.Key - score;
        var (less, after) = isForward ? ("<", ">") : (">", "<");
        return string.Create(CultureInfo.InvariantCulture,
            $" and {column} {less}= {key} and ({column} {less} {key} or jid {after} {jid})");
    }

    private string Parameter(object value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"p{parameters.Count}");
        parameters.AddWithValue(name, value);
        return "@" + name;
    }
}
