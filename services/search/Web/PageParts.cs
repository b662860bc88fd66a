using System.Globalization;
using Annex.Search.Index;

namespace Annex.Search.Web;

/// <summary>What the pages are made of.</summary>
public sealed class PageParts(Links links, SearchOptions options)
{
    private const string StyleVersion = "2";

    public Links Links => links;

    public Html Document(string title, Html main, SearchInput? input = null, string? canonical = null, bool isIndexed = true) =>
        Html.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>{title}</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            {Html.If(!isIndexed, $"<meta name=\"robots\" content=\"noindex\">\n")}{Html.If(canonical is not null, $"<link rel=\"canonical\" href=\"{canonical}\">\n")}<link rel="stylesheet" href="{links.At("/style.css?v=" + StyleVersion)}">
            <link rel="icon" href="{links.At("/icon.svg")}" type="image/svg+xml">
            <link rel="search" href="{links.At("/meta/osd.xml")}" type="application/opensearchdescription+xml" title="{options.Title}">
            <link rel="alternate" href="{links.At("/feed.atom")}" type="application/atom+xml" title="New rooms">
            <script src="{links.At("/search.js?v=" + StyleVersion)}" defer></script>
            </head>
            <body>
            <a class="skip" href="#main">Skip to content</a>
            <header>
            <a class="brand" href="{links.Home}">{options.Title}</a>
            {SearchForm(input ?? new SearchInput())}
            </header>
            <main id="main">
            {main}
            </main>
            <footer>
            <nav aria-label="About">
            <a href="{links.At("/docs/owners")}">Be listed, or not</a>
            <a href="{links.At("/docs/api")}">For clients</a>
            <a href="{links.At("/stats")}">Statistics</a>
            <a href="{links.At("/feed.atom")}">Feed</a>
            {Html.If(options.AbuseContact is not null, $"<a href=\"{options.AbuseContact}\">Report abuse</a>")}
            </nav>
            <p>Rooms belong to whoever runs them. Searches are not recorded.</p>
            </footer>
            </body>
            </html>

            """);

    public Html RoomList(IEnumerable<RoomHit> rooms) => Html.Of($"""
        <ul class="rooms" id="results">
        {rooms.Select(RoomItem)}
        </ul>
        """);

    public Html RoomItem(RoomHit room) => Html.Of($"""
        <li class="room">
        {Avatar(room)}
        <div class="about">
        <h2><a href="{links.Room(room.Jid)}" dir="auto">{room.Title}</a></h2>
        <p class="address">{Links.Readable(room.Jid)}</p>
        {Html.If(room.Description.Length > 0, $"<p class=\"description\" dir=\"auto\"{LangOf(room)}>{Shorten(room.Description)}</p>")}
        {Facts(room)}
        </div>
        <a class="join" href="{Links.Join(room.Jid)}" aria-label="Join {room.Title}">Join</a>
        </li>

        """);

    public Html Facts(RoomHit room) => Html.Of($"""
        <ul class="facts">
        <li><span class="count">{People(room.Occupants)}</span></li>
        {Html.If(room.Language is not null, $"<li><a href=\"{links.Language(Languages.PrimaryOf(room.Language) ?? "")}\">{LanguageName(room.Language)}</a></li>")}
        {Html.If(!room.IsOpen, $"<li>Closed</li>")}
        {Html.If(room.IsNonAnonymous, $"<li>Shows addresses</li>")}
        {Html.If(room.IsNsfw, $"<li class=\"warn\">Adults only</li>")}
        {Html.If(room.Flags.Any(f => f != Suspicion.DuplicateName), $"<li class=\"warn\">Unusual characters or numbers</li>")}
        {Html.If(room.Flags.Contains(Suspicion.DuplicateName), $"<li class=\"warn\">One of many of this name</li>")}
        {room.Tags.Select(tag => Html.Of($"<li><a class=\"tag\" href=\"{links.Tag(tag)}\">#{tag}</a></li>"))}
        </ul>
        """);

    public Html Avatar(RoomHit room, string cssClass = "avatar") => room.AvatarHash is null
        ? Html.Of($"<span class=\"{cssClass} letter c{HueOf(room.Jid)}\" aria-hidden=\"true\">{LetterOf(room)}</span>")
        : Html.Of($"<img class=\"{cssClass}\" src=\"{links.Avatar(room.Jid)}\" alt=\"\" width=\"48\" height=\"48\" loading=\"lazy\">");

    /// <summary>Links to pages around this one; nothing where there is only one.</summary>
    public static Html Pager(string? previous, string? next, string where) => previous is null && next is null
        ? Html.Empty
        : Html.Of($"""
            <nav class="pager" aria-label="Pages">
            {Html.If(previous is not null, $"<a rel=\"prev\" href=\"{previous}\">Previous</a>")}
            <span>{where}</span>
            {Html.If(next is not null, $"<a rel=\"next\" href=\"{next}\">Next</a>")}
            </nav>
            """);

    public static string People(int number) =>
        number == 1 ? "1 person" : string.Create(CultureInfo.InvariantCulture, $"{number:N0} people");

    public static string LanguageName(string? tag)
    {
        try
        {
            return tag is null ? "" : CultureInfo.GetCultureInfo(tag, predefinedOnly: true).EnglishName;
        }
        catch (CultureNotFoundException)
        {
            return tag!;
        }
    }

    public static Html LangOf(RoomHit room) =>
        room.Language is null ? Html.Empty : Html.Of($" lang=\"{room.Language}\"");

    private Html SearchForm(SearchInput input) => Html.Of($"""
        <form class="search" role="search" action="{links.At("/search")}" method="get">
        <label class="hidden" for="q">Search for rooms</label>
        <input id="q" type="search" name="q" value="{input.Text}" placeholder="Search for rooms" maxlength="{options.MaxQueryLength}" autocomplete="off" spellcheck="false">
        <button type="submit">Search</button>
        </form>
        """);

    private static string Shorten(string description)
    {
        const int Longest = 240;
        if (description.Length <= Longest)
            return description;
        var end = description.LastIndexOf(' ', Longest);
        return description[..(end > Longest / 2 ? end : char.IsHighSurrogate(description[Longest - 1]) ? Longest - 1 : Longest)] + "…";
    }

    private static string LetterOf(RoomHit room)
    {
        var first = StringInfo.GetNextTextElement(room.Title);
        return first.ToUpperInvariant();
    }

    // One of twelve colours, the same for a room everywhere.
    private static int HueOf(string jid)
    {
        var hash = 17u;
        foreach (var c in jid)
            hash = (hash * 31) + c;
        return (int)(hash % 12);
    }
}
