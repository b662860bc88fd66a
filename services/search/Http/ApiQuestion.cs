using System.Globalization;
using System.Text.Json;
using Annex.Search.Index;
using Microsoft.AspNetCore.Http;

namespace Annex.Search.Http;

/// <summary>A search over HTTP as it was asked. Fields that nobody knows are ignored.</summary>
internal sealed record ApiQuestion
{
    public const string TooLarge = "the body is larger than 64 kB";

    private const int MaxBody = 64 * 1024;

    /// <summary>What is asked is an object with an array in it.</summary>
    private const int MaxDepth = 8;

    private const int MaxKeywords = 64;

    public required IReadOnlyList<string> Keywords { get; init; }

    public SearchFields Fields { get; init; } = SearchFields.All;

    public int? MinUsers { get; init; }

    public string? Language { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool IncludeClosed { get; init; }

    /// <summary>Rooms of earlier pages, for clients that count.</summary>
    public int Offset { get; init; }

    /// <summary>The cursor of the page before, for clients that do not want to miss any.</summary>
    public Cursor? After { get; init; }

    public static (ApiQuestion? Question, string? Problem) Read(IQueryCollection query)
    {
        if (!IsIn(query))
            return (null, "keywords is missing");
        return (new ApiQuestion
        {
            Keywords = [.. query["keywords"].Concat(query["q"]).OfType<string>().Take(MaxKeywords)],
            Fields = FieldsOf(query["sinname"] != "false", query["sindescr"] != "false", query["sinaddr"] != "false"),
            MinUsers = int.TryParse(query["min_users"], NumberStyles.None, CultureInfo.InvariantCulture, out var min) ? min : null,
            Language = Languages.PrimaryOf(query["language"].ToString()),
            IncludeClosed = Api.IncludeClosed(query),
        }, null);
    }

    public static bool IsIn(IQueryCollection query) => query.ContainsKey("keywords") || query.ContainsKey("q");

    public static async Task<(ApiQuestion? Question, string? Problem)> ReadAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new byte[MaxBody + 1];
        var length = 0;
        int read;
        while (length < body.Length && (read = await request.Body.ReadAsync(body.AsMemory(length), cancellationToken)) > 0)
            length += read;
        if (length > MaxBody)
            return (null, TooLarge);
        try
        {
            using var json = JsonDocument.Parse(body.AsMemory(0, length), new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Read(json.RootElement);
        }
        catch (JsonException)
        {
            return (null, "the body is no JSON");
        }
    }

    /// <summary>The question as it was understood.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("keywords");
        foreach (var keyword in Keywords)
            json.WriteStringValue(keyword);
        json.WriteEndArray();
        json.WriteBoolean("sinname", Fields.HasFlag(SearchFields.Name));
        json.WriteBoolean("sindescr", Fields.HasFlag(SearchFields.Description));
        json.WriteBoolean("sinaddr", Fields.HasFlag(SearchFields.Address));
        if (MinUsers is { } min)
            json.WriteNumber("min_users", min);
        else
            json.WriteNull("min_users");
        if (After is { } after)
            json.WriteString("after", after.ToText(SortKey.Relevance));
        else if (Offset > 0)
            json.WriteNumber("after", (double)Offset);
        else
            json.WriteNull("after");
        json.WriteEndObject();
    }

    private static (ApiQuestion? Question, string? Problem) Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return (null, "the body is no object");
        if (!json.TryGetProperty("keywords", out var keywords))
            return (null, "keywords is missing");
        if (ReadKeywords(keywords) is not { } words)
            return (null, "keywords is a string or an array of strings");
        var question = new ApiQuestion
        {
            Keywords = words,
            Fields = FieldsOf(IsOn(json, "sinname"), IsOn(json, "sindescr"), IsOn(json, "sinaddr")),
            MinUsers = ReadNumber(json, "min_users"),
            Language = ReadText(json, "language") is { } language ? Languages.PrimaryOf(language) : null,
            Tags = ReadText(json, "tag") is { Length: > 0 } tag ? [Tokenizer.Key(tag).Replace(' ', '-')] : [],
            IncludeClosed = json.TryGetProperty("include_closed", out var closed) && closed.ValueKind == JsonValueKind.True,
        };
        if (question.Fields == SearchFields.None)
            return (null, "there is nowhere to search");
        if (ReadText(json, "after") is { Length: > 0 and <= 3100 } cursor)
            return Cursor.TryParse(cursor, SortKey.Relevance, out var after)
                ? (question with { After = after }, null)
                : (null, "after is none of ours");
        return (question with { Offset = Math.Min(ReadNumber(json, "after") ?? 0, 10_000) }, null);
    }

    private static List<string>? ReadKeywords(JsonElement keywords)
    {
        if (keywords.ValueKind == JsonValueKind.String)
            return [TextOf(keywords)];
        if (keywords.ValueKind != JsonValueKind.Array)
            return null;
        var words = new List<string>();
        foreach (var keyword in keywords.EnumerateArray())
        {
            if (keyword.ValueKind != JsonValueKind.String)
                return null;
            if (words.Count < MaxKeywords)
                words.Add(TextOf(keyword));
        }
        return words;
    }

    // An escape that is half a surrogate pair is valid JSON and no text.
    private static string TextOf(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static bool IsOn(JsonElement json, string name) =>
        !json.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.False;

    private static int? ReadNumber(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? (int)Math.Clamp(value.GetDouble(), 0, int.MaxValue - 1) : null;

    private static string? ReadText(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? TextOf(value) : null;

    private static SearchFields FieldsOf(bool name, bool description, bool address) =>
        (name ? SearchFields.Name : 0) | (description ? SearchFields.Description : 0) | (address ? SearchFields.Address : 0);
}
