using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Annex.Search.Index;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Search.Handlers;

/// <summary>Reads a submitted search into a query. Fields that nobody knows are ignored (XEP-0433 §5).</summary>
internal static class SearchForm
{
    public const string LanguageVar = "{urn:annex:search:0}language";
    public const string TagVar = "{urn:annex:search:0}tag";

    /// <param name="query">Null together with no error: nothing can match (a service type that nobody here has).</param>
    public static bool TryRead(
        SearchDialect dialect, DataForm form, PageRequest page, SearchOptions options,
        out RoomQuery? query, [NotNullWhen(false)] out StanzaError? error)
    {
        query = null;
        var text = form["q"]?.Value?.Trim();
        // XEP-0433 §4.2: an empty field is as good as none.
        var hasText = !string.IsNullOrEmpty(text);
        if (!TryReadBoolean(form["all"], false, out var isAll))
        {
            error = StanzaError.BadRequest.WithText("all is true or false.");
            return false;
        }
        error = isAll && hasText ? SearchErrors.ConflictingFields
            : !isAll && form["q"] is null ? SearchErrors.NoSearchConditions
            : !isAll && !hasText ? SearchErrors.InvalidSearchTerms("There is no word to search for.")
            : isAll && !options.AllowFullList ? SearchErrors.FullListRejected
            : null;
        if (error is not null)
            return false;

        SearchTerms? terms = null;
        if (hasText && !SearchTerms.TryParse(text!, options.Limits, out terms, out var problem))
            error = SearchErrors.InvalidSearchTerms(problem);
        else if (!TryReadSort(dialect, form, out var sort))
            error = SearchErrors.InvalidSortKey;
        else if (!TryReadFields(form, out var fields))
            error = SearchErrors.NoSearchConditions;
        else if (!TryReadMinUsers(form, out var minUsers))
            error = SearchErrors.InvalidNumber;
        else if (!TryReadPage(page, sort, out var after, out var before))
            // XEP-0059 §2.2: a UID that cannot have been ours.
            error = StanzaError.ItemNotFound;
        else if (HasTypes(form))
        {
            query = new RoomQuery
            {
                Terms = terms,
                Fields = fields,
                Sort = sort,
                MinOccupants = minUsers,
                Language = Languages.PrimaryOf(form[LanguageVar]?.Value),
                Tags = form[TagVar]?.Value is { Length: > 0 } tag ? [Tokenizer.Key(tag).Replace(' ', '-')] : [],
                Limit = page.Max,
                After = after,
                Before = before,
                IsFromEnd = page.Before is "",
                Offset = Math.Min(page.Index ?? 0, MaxOffset),
            };
        }
        return error is null;
    }

    /// <summary>Further in, a page by index costs as much as all before it; clients that walk use after.</summary>
    private const int MaxOffset = 10_000;

    // Where the client names no order, by words what matches best; all by number of users, the form's default.
    private static bool TryReadSort(SearchDialect dialect, DataForm form, out SortKey sort)
    {
        sort = SortKey.Occupants;
        if (form["key"]?.Value is not { Length: > 0 } key)
            return true;
        var read = dialect.ReadSort(key);
        sort = read ?? default;
        return read is not null;
    }

    private static bool TryReadFields(DataForm form, out SearchFields fields)
    {
        fields = SearchFields.None;
        if (!TryReadBoolean(form["sinname"], true, out var inName)
            || !TryReadBoolean(form["sindescription"], true, out var inDescription)
            || !TryReadBoolean(form["sinaddress"] ?? form["sinaddr"], true, out var inAddress))
        {
            return false;
        }
        fields = (inName ? SearchFields.Name : 0) | (inDescription ? SearchFields.Description : 0)
            | (inAddress ? SearchFields.Address : 0);
        return fields != SearchFields.None;
    }

    private static bool TryReadMinUsers(DataForm form, out int minUsers)
    {
        minUsers = 0;
        var text = form["min_users"]?.Value?.Trim();
        // More than anyone has is a number all the same.
        return string.IsNullOrEmpty(text)
            || (double.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && (minUsers = (int)Math.Clamp(number, 0, int.MaxValue)) >= 0);
    }

    // XEP-0433 §6.1: not asked for means XEP-0045 alone, and what was not asked for is not returned.
    private static bool HasTypes(DataForm form) => form["types"] is not { Values.Count: > 0 } types || types.Values.Contains("xep-0045");

    private static bool TryReadPage(PageRequest page, SortKey sort, out Cursor? after, out Cursor? before)
    {
        after = before = null;
        return (page.After is not { } a || Cursor.TryParse(a, sort, out after))
            && (string.IsNullOrEmpty(page.Before) || Cursor.TryParse(page.Before, sort, out before));
    }

    private static bool TryReadBoolean(Field? field, bool otherwise, out bool value)
    {
        value = otherwise;
        return field?.Value is not { Length: > 0 } text || Field.TryReadBoolean(text, out value);
    }
}
