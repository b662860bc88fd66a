using System.Globalization;
using Annex.Search.Index;
using Microsoft.AspNetCore.Http;

namespace Annex.Search.Web;

/// <summary>What the search page was asked, as it stands in its URL. Names are those of the directory that people link to.</summary>
public sealed record SearchInput
{
    public string Text { get; init; } = "";

    public SearchFields Fields { get; init; } = SearchFields.All;

    public string Language { get; init; } = "";

    public string Tag { get; init; } = "";

    public int MinOccupants { get; init; }

    public bool HideNsfw { get; init; }

    public string After { get; init; } = "";

    public static SearchInput Read(IQueryCollection query)
    {
        // f=y says that the form was shown: a box that is not there was then cleared.
        var hasBoxes = query["f"] == "y";
        var fields = hasBoxes
            ? (query.ContainsKey("sinname") ? SearchFields.Name : 0)
              | (query.ContainsKey("sindescr") ? SearchFields.Description : 0)
              | (query.ContainsKey("sinaddr") ? SearchFields.Address : 0)
            : SearchFields.All;
        return new SearchInput
        {
            Text = query["q"].ToString().Trim(),
            Fields = fields == SearchFields.None ? SearchFields.All : fields,
            Language = Languages.PrimaryOf(query["language"].ToString()) ?? "",
            Tag = Tokenizer.Key(query["tag"].ToString()).Replace(' ', '-'),
            MinOccupants = int.TryParse(query["min_users"], NumberStyles.None, CultureInfo.InvariantCulture, out var min) ? min : 0,
            HideNsfw = query.ContainsKey("hide_nsfw"),
            After = query["after"].ToString(),
        };
    }

    public bool IsEmpty => Text.Length == 0 && Tag.Length == 0 && Language.Length == 0;

    /// <summary>The same question, for a link.</summary>
    public IEnumerable<KeyValuePair<string, string>> Parameters()
    {
        yield return new("q", Text);
        if (Fields != SearchFields.All)
        {
            yield return new("f", "y");
            if (Fields.HasFlag(SearchFields.Name))
                yield return new("sinname", "on");
            if (Fields.HasFlag(SearchFields.Description))
                yield return new("sindescr", "on");
            if (Fields.HasFlag(SearchFields.Address))
                yield return new("sinaddr", "on");
        }
        if (Language.Length > 0)
            yield return new("language", Language);
        if (Tag.Length > 0)
            yield return new("tag", Tag);
        if (MinOccupants > 0)
            yield return new("min_users", MinOccupants.ToString(CultureInfo.InvariantCulture));
        if (HideNsfw)
            yield return new("hide_nsfw", "on");
        if (After.Length > 0)
            yield return new("after", After);
    }
}
