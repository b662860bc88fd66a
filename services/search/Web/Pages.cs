using System.Globalization;
using Annex.Search.Index;
using Annex.Search.Storage;
using Microsoft.AspNetCore.Http;

namespace Annex.Search.Web;

/// <summary>The directory for people. Everything works without JavaScript; with it, results come while one types.</summary>
internal sealed class Pages(RoomFinder finder, IndexStatistics statistics, PageParts parts, SearchOptions options)
{
    private const int PageSize = 25;

    /// <summary>Further in, people search.</summary>
    private const int MaxPage = 400;

    private static readonly string[] CommonLanguages =
        ["ar", "cs", "de", "en", "es", "fa", "fr", "it", "ja", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "zh"];

    public async Task DirectoryAsync(HttpContext http, int page)
    {
        page = Math.Clamp(page, 1, MaxPage);
        var found = await finder.FindAsync(
            new RoomQuery { Limit = PageSize, Offset = (page - 1) * PageSize }, http.RequestAborted);
        if (found.Rooms.Count == 0 && page > 1)
        {
            await NotFoundAsync(http);
            return;
        }
        var pages = found.Count is { } count ? Math.Min(MaxPage, (count + PageSize - 1) / PageSize) : page;
        var now = page == 1 ? await statistics.ReadAsync(http.RequestAborted) : null;
        var main = Html.Of($"""
            <h1>{options.Title}</h1>
            <p class="lead">{Counted(found.Count)} {(options.ListClosedRooms ? "that are public" : "that anyone may join")}, the busiest first.</p>
            {Html.If(now is { Tags.Count: > 0 }, $"<nav class=\"topics\" aria-label=\"Topics\">{(now?.Tags ?? []).Take(12).Select(t => Html.Of($"<a class=\"chip\" href=\"{parts.Links.Tag(t.Key)}\">#{t.Key}</a> "))}</nav>")}
            {(found.Rooms.Count > 0 ? parts.RoomList(found.Rooms) : Empty("No room is listed yet", "A room appears here when it is public, persistent and open to everyone.", "/docs/owners", "How a room is listed"))}
            {PageParts.Pager(page > 1 ? parts.Links.Page(page - 1) : null, found.HasMore && page < MaxPage ? parts.Links.Page(page + 1) : null, $"Page {page} of {Math.Max(pages, 1)}")}
            """);
        await WriteAsync(http, parts.Document(options.Title, main, canonical: parts.Links.Absolute(parts.Links.Page(page))));
    }

    public async Task SearchAsync(HttpContext http)
    {
        var input = SearchInput.Read(http.Request.Query);
        if (input.IsEmpty)
        {
            http.Response.Redirect(parts.Links.Home);
            return;
        }
        SearchTerms? terms = null;
        string? problem = null;
        if (input.Text.Length > 0)
            SearchTerms.TryParse(input.Text, options.Limits, out terms, out problem);
        Cursor? after = null;
        if (input.After.Length > 0)
            Cursor.TryParse(input.After, SortKey.Relevance, out after);
        var page = problem is not null ? new RoomPage([], false, 0, null) : await finder.FindAsync(new RoomQuery
        {
            Terms = terms,
            Fields = input.Fields,
            Language = input.Language.Length > 0 ? input.Language : null,
            Tags = input.Tag.Length > 0 ? [input.Tag] : [],
            MinOccupants = input.MinOccupants,
            IncludeNsfw = !input.HideNsfw,
            Limit = PageSize,
            After = after,
        }, http.RequestAborted);
        var next = page.HasMore && page.Rooms.Count > 0
            ? parts.Links.Search((input with { After = new Cursor(page.Rooms[^1].SortValue, page.Rooms[^1].Jid).ToText(SortKey.Relevance) }).Parameters())
            : null;
        var previous = after is null ? null : parts.Links.Search((input with { After = "" }).Parameters());
        // Only the list, for the script that searches while one types.
        var results = Html.Of($"""
            <p class="lead" id="summary">{problem ?? Summary(page, input, after is not null)}</p>
            {(page.Rooms.Count > 0 ? parts.RoomList(page.Rooms) : problem is null && after is null ? Advice(input) : Html.Empty)}
            {Pager(previous, next)}
            """);
        if (http.Request.Headers["X-Requested-With"] == "search.js")
        {
            await WriteAsync(http, results);
            return;
        }
        var main = Html.Of($"""
            <h1>{(input.Text.Length > 0 ? $"Search for “{input.Text}”" : input.Tag.Length > 0 ? $"Rooms about #{input.Tag}" : $"Rooms in {PageParts.LanguageName(input.Language)}")}</h1>
            {Filters(input)}
            <div id="found">
            {results}
            </div>
            """);
        await WriteAsync(http, parts.Document($"{(input.Text.Length > 0 ? input.Text : "#" + input.Tag)} – {options.Title}", main, input,
            isIndexed: false));
    }

    public async Task RoomAsync(HttpContext http, string jid)
    {
        if (await finder.GetAsync(jid, http.RequestAborted) is not { } room)
        {
            await ProblemAsync(http, StatusCodes.Status404NotFound, "Not listed",
                "This directory has no room of that address. It may exist all the same: not every room is listed.");
            return;
        }
        var main = Html.Of($"""
            <article class="one">
            <div class="head">
            {parts.Avatar(room, "avatar big")}
            <div>
            <h1 dir="auto">{room.Title}</h1>
            <p class="address">{Links.Readable(room.Jid)}</p>
            </div>
            </div>
            {Html.If(room.Description.Length > 0, $"<p class=\"description\" dir=\"auto\"{PageParts.LangOf(room)}>{room.Description}</p>")}
            {parts.Facts(room)}
            <p class="actions">
            <a class="join" href="{Links.Join(room.Jid)}">Join</a>
            {Html.If(room.WebChatUrl is not null, $"<a href=\"{room.WebChatUrl}\" rel=\"nofollow noopener ugc\">Join in the browser</a>")}
            {Html.If(room.LogsUrl is not null, $"<a href=\"{room.LogsUrl}\" rel=\"nofollow noopener ugc\">Read the log</a>")}
            </p>
            <figure class="code">
            <img src="{parts.Links.QrCode(room.Jid)}" alt="QR code of the link to join this room" width="180" height="180">
            <figcaption>Open it with the camera of a telephone.</figcaption>
            </figure>
            <dl>
            <dt>People now</dt><dd>{room.Occupants}</dd>
            <dt>Usually</dt><dd>{(room.Activity < 0.5f ? "hardly anybody" : string.Create(CultureInfo.InvariantCulture, $"about {Math.Round(room.Activity):N0}"))}</dd>
            <dt>Moderated</dt><dd>{(room.IsModerated ? "yes: newcomers listen first" : "no")}</dd>
            <dt>Addresses</dt><dd>{(room.IsNonAnonymous ? "everyone in the room sees everyone’s address" : "only moderators see them")}</dd>
            <dt>Listed since</dt><dd>{Day(room.FirstSeen)}</dd>
            <dt>Seen last</dt><dd>{Day(room.LastSeen)}</dd>
            <dt>Badge</dt><dd><img src="{parts.Links.Badge(room.Jid)}" alt="A badge with the number of people"></dd>
            </dl>
            <p><a href="{parts.Links.At("/docs/owners")}">Is this your room? How to change what stands here, or have it taken out.</a></p>
            </article>
            """);
        await WriteAsync(http, parts.Document($"{room.Title} – {options.Title}", main,
            canonical: parts.Links.Absolute(parts.Links.Room(room.Jid))));
    }

    public async Task StatisticsAsync(HttpContext http)
    {
        var now = await statistics.ReadAsync(http.RequestAborted);
        var main = Html.Of($"""
            <h1>Statistics</h1>
            <dl>
            <dt>Rooms</dt><dd>{now.Rooms:N0}</dd>
            <dt>People in them</dt><dd>{now.Occupants:N0}</dd>
            <dt>Services</dt><dd>{now.Domains:N0}</dd>
            <dt>New this week</dt><dd>{now.NewThisWeek:N0}</dd>
            </dl>
            <h2>Languages</h2>
            {Table("Language", now.Languages.Select(l => (PageParts.LanguageName(l.Key), parts.Links.Language(l.Key), l.Value)))}
            <h2>Tags</h2>
            {Table("Tag", now.Tags.Select(t => ("#" + t.Key, parts.Links.Tag(t.Key), t.Value)))}
            """);
        await WriteAsync(http, parts.Document("Statistics – " + options.Title, main));
    }

    public async Task DocumentAsync(HttpContext http, string name)
    {
        (string Title, Html Text)? page = name switch
        {
            "owners" => ("Be listed, or not", Documents.ForOwners(options, parts.Links)),
            "api" => ("For clients", Documents.ForClients(parts.Links)),
            _ => null,
        };
        if (page is { } found)
            await WriteAsync(http, parts.Document($"{found.Title} – {options.Title}", found.Text));
        else
            await NotFoundAsync(http);
    }

    public Task NotFoundAsync(HttpContext http) => ProblemAsync(http, StatusCodes.Status404NotFound, "No such page",
        "The address leads nowhere here. Search above, or begin at the front page.");

    /// <summary>What went wrong, in the directory's own clothes.</summary>
    public Task ProblemAsync(HttpContext http, int status, string title, string text)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.CacheControl = "no-store";
        return WriteAsync(http, parts.Document($"{title} – {options.Title}", Empty(title, text, "/", "To the front page", level: 1), isIndexed: false));
    }

    public static async Task WriteAsync(HttpContext http, Html html, string type = "text/html; charset=utf-8")
    {
        http.Response.ContentType = type;
        await http.Response.WriteAsync(html.ToString(), http.RequestAborted);
    }

    private Html Advice(SearchInput input) => Empty("Nothing matches", input.Fields != SearchFields.All || input.Language.Length > 0
        || input.MinOccupants > 0 || input.HideNsfw || input.Tag.Length > 0
            ? "The filters may be too narrow. Words are found by their beginnings; fewer of them find more."
            : "Words are found by their beginnings; fewer of them find more. Not every room is listed here.",
        "/docs/owners", "Which rooms are listed");

    private Html Empty(string title, string text, string path, string link, int level = 2) => Html.Of($"""
        <div class="empty">
        {(level == 1 ? Html.Of($"<h1>{title}</h1>") : Html.Of($"<h2>{title}</h2>"))}
        <p>{text}</p>
        <p><a href="{parts.Links.At(path)}">{link}</a></p>
        </div>
        """);

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string Counted(int? count) => count switch
    {
        null => "Many rooms",
        1 => "1 room",
        { } n => string.Create(CultureInfo.InvariantCulture, $"{n:N0} rooms"),
    };

    private static string Summary(RoomPage page, SearchInput input, bool isLater) =>
        page.Rooms.Count == 0 ? isLater ? "That was all." : "Nothing was found."
        : isLater ? "More rooms"
        : page.Count is { } count ? $"{Counted(count)}" + (count == 1 ? " matches." : " match.")
        : input.Text.Length > 0 ? "Many rooms match, the best first." : "Many rooms, the busiest first.";

    private static Html Pager(string? first, string? next) => first is null && next is null ? Html.Empty : Html.Of($"""
        <nav class="pager" aria-label="Pages">
        {Html.If(first is not null, $"<a href=\"{first}\">From the beginning</a>")}
        {Html.If(next is not null, $"<a rel=\"next\" href=\"{next}\">More</a>")}
        </nav>
        """);

    private Html Filters(SearchInput input) => Html.Of($"""
        <details class="filters"{Html.If(input.Fields != SearchFields.All || input.Language.Length > 0 || input.MinOccupants > 0 || input.HideNsfw, $" open")}>
        <summary>Filters</summary>
        <form action="{parts.Links.At("/search")}" method="get">
        <input type="hidden" name="q" value="{input.Text}"><input type="hidden" name="f" value="y">
        {Html.If(input.Tag.Length > 0, $"<input type=\"hidden\" name=\"tag\" value=\"{input.Tag}\">")}
        <fieldset><legend>Look in</legend>
        {Box("sinname", "names", input.Fields.HasFlag(SearchFields.Name))}
        {Box("sindescr", "descriptions", input.Fields.HasFlag(SearchFields.Description))}
        {Box("sinaddr", "addresses", input.Fields.HasFlag(SearchFields.Address))}
        </fieldset>
        <label>Language <select name="language"><option value="">any</option>
        {CommonLanguages.Append(input.Language).Where(l => l.Length > 0).Distinct().Select(l => Html.Of($"<option value=\"{l}\"{Html.If(l == input.Language, $" selected")}>{PageParts.LanguageName(l)}</option>"))}
        </select></label>
        <label>People at least <input type="number" name="min_users" min="0" max="5000" value="{input.MinOccupants}"></label>
        {Box("hide_nsfw", "hide rooms for adults", input.HideNsfw)}
        <button type="submit">Apply</button>
        </form>
        </details>
        """);

    private static Html Box(string name, string label, bool isChecked) => Html.Of(
        $"<label class=\"box\"><input type=\"checkbox\" name=\"{name}\"{Html.If(isChecked, $" checked")}> {label}</label>\n");

    private static Html Table(string head, IEnumerable<(string Text, string Link, int Count)> rows) => Html.Of($"""
        <table>
        <thead><tr><th scope="col">{head}</th><th scope="col" class="number">Rooms</th></tr></thead>
        <tbody>
        {rows.Select(r => Html.Of($"<tr><td><a href=\"{r.Link}\">{r.Text}</a></td><td class=\"number\">{r.Count:N0}</td></tr>\n"))}
        </tbody>
        </table>
        """);
}
