using System.Globalization;
using System.Text.Json;
using Annex.Search.Index;
using Annex.Search.Storage;
using Microsoft.AspNetCore.Http;

namespace Annex.Search.Http;

/// <summary>
/// The HTTP API in the shape that clients were written against (search.jabber.network's): names, types and defaults are theirs.
/// What they do not know is added beside it: a cursor that misses nothing.
/// </summary>
internal sealed class Api(RoomFinder finder, SearchOptions options)
{
    /// <summary>Rooms of a page of the list.</summary>
    private const int ListPage = 200;

    /// <summary>Rooms of a page of results.</summary>
    private const int SearchPage = 100;

    /// <summary>Further in, a numbered page costs more than it is worth; the list by address has no such end.</summary>
    private const int MaxPage = 500;

    /// <summary>GET /api/1.0/rooms/unsafe?p=1: everything by people; "unsafe" since pages shift while one reads.</summary>
    public async Task ListAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var page = ReadInt(query["p"]) ?? 1;
        if (page is < 1 or > MaxPage)
        {
            await ApiReply.ErrorAsync(http, StatusCodes.Status400BadRequest, "p is a number from 1 on");
            return;
        }
        var found = await finder.FindAsync(new RoomQuery
        {
            Sort = SortKey.Occupants,
            IsOpen = IncludeClosed(query) ? null : true,
            Limit = ListPage,
            Offset = (page - 1) * ListPage,
        }, http.RequestAborted);
        var total = found.Count ?? 0;
        await ApiReply.WriteAsync(http, json =>
        {
            json.WriteNumber("total", total);
            json.WriteNumber("npages", (total + ListPage - 1) / ListPage);
            json.WriteNumber("page", page);
            WriteItems(json, found.Rooms);
        });
    }

    /// <summary>GET /api/1.0/rooms?after=: everything by address, without gaps.</summary>
    public async Task WalkAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var found = await finder.FindAsync(new RoomQuery
        {
            Sort = SortKey.Address,
            IsOpen = IncludeClosed(query) ? null : true,
            MinOccupants = ReadInt(query["min_users"]) ?? 0,
            Limit = ListPage,
            After = query["after"].ToString() is { Length: > 0 and <= 3071 } after ? new Cursor(0, after) : null,
        }, http.RequestAborted);
        await ApiReply.WriteAsync(http, json => WriteItems(json, found.Rooms));
    }

    /// <summary>POST (or GET) /api/1.0/search.</summary>
    public async Task SearchAsync(HttpContext http)
    {
        // Gajim sends its JSON with a GET.
        var (question, problem) = HttpMethods.IsPost(http.Request.Method) || !ApiQuestion.IsIn(http.Request.Query)
            ? await ApiQuestion.ReadAsync(http.Request, http.RequestAborted)
            : ApiQuestion.Read(http.Request.Query);
        if (question is null)
        {
            var status = problem == ApiQuestion.TooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest;
            await ApiReply.ErrorAsync(http, status, problem ?? "this is no search");
            return;
        }
        SearchTerms? terms = null;
        var text = string.Join(' ', question.Keywords);
        // As clients know it: words that are too short are left out, and no word at all gives what is busiest.
        if (Tokenizer.Words(text, 1).Count > 0 && !SearchTerms.TryParse(text, options.Limits, out terms, out problem)
            && text.Length > options.MaxQueryLength)
        {
            await ApiReply.ErrorAsync(http, StatusCodes.Status400BadRequest, problem);
            return;
        }
        var query = new RoomQuery
        {
            Terms = terms,
            Fields = question.Fields,
            // As clients know it: more than, here; at least, in the list.
            MinOccupants = question.MinUsers is { } min and >= 0 ? min + 1 : 0,
            Language = question.Language,
            Tags = question.Tags,
            IsOpen = question.IncludeClosed ? null : true,
            Limit = SearchPage,
            Offset = question.Offset,
            After = question.After,
        };
        var found = await finder.FindAsync(query, http.RequestAborted);
        await ApiReply.WriteAsync(http, json =>
        {
            json.WritePropertyName("query");
            question.Write(json);
            json.WriteStartObject("result");
            if (found.Rooms.Count == 0)
            {
                json.WriteNull("last");
                json.WriteNull("next");
            }
            else
            {
                json.WriteNumber("last", (double)(question.Offset + found.Rooms.Count));
                var last = found.Rooms[^1];
                json.WriteString("next", new Cursor(last.SortValue, last.Jid).ToText(SortKey.Relevance));
            }
            json.WriteBoolean("more", found.HasMore);
            WriteItems(json, found.Rooms);
            json.WriteEndObject();
        });
    }

    internal static bool IncludeClosed(IQueryCollection query) =>
        query.TryGetValue("include_closed", out var value) && value.ToString() is not ("0" or "false" or "no");

    private static int? ReadInt(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static void WriteItems(Utf8JsonWriter json, IReadOnlyList<RoomHit> rooms)
    {
        json.WriteStartArray("items");
        foreach (var room in rooms)
        {
            json.WriteStartObject();
            json.WriteString("address", room.Jid);
            // A whole number: one client's parser breaks on any other.
            json.WriteNumber("nusers", room.Occupants);
            json.WriteBoolean("is_open", room.IsOpen);
            json.WriteString("name", room.Title);
            // Never left out: Gajim reads both without asking whether they are there.
            json.WriteString("description", room.Description.Length > 0 ? room.Description : null);
            json.WriteString("language", room.Language);
            json.WriteString("anonymity_mode", room.IsNonAnonymous ? "none" : "semi");
            if (room.Tags.Count > 0)
            {
                json.WriteStartArray("tags");
                foreach (var tag in room.Tags)
                    json.WriteStringValue(tag);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
