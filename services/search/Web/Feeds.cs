using System.Globalization;
using System.Xml.Linq;
using Annex.Search.Index;
using Annex.Search.Storage;
using Microsoft.AspNetCore.Http;

namespace Annex.Search.Web;

/// <summary>What is read by programs beside the API: new rooms as Atom, the description for search fields of browsers, badges and
/// QR codes.</summary>
internal sealed class Feeds(RoomFinder finder, Links links, SearchOptions options)
{
    private const int FeedLength = 50;

    // RFC 4287.
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    private static readonly XNamespace OpenSearch = "http://a9.com/-/spec/opensearch/1.1/";

    public async Task AtomAsync(HttpContext http)
    {
        var rooms = await finder.GetNewestAsync(FeedLength, http.RequestAborted);
        var self = links.Absolute(links.At("/feed.atom"));
        var feed = new XElement(Atom + "feed",
            new XElement(Atom + "id", self),
            new XElement(Atom + "title", "New rooms: " + options.Title),
            new XElement(Atom + "updated", Stamp(rooms.Count > 0 ? rooms.Max(r => r.FirstSeen) : DateTimeOffset.UnixEpoch)),
            new XElement(Atom + "author", new XElement(Atom + "name", options.Title)),
            new XElement(Atom + "link", new XAttribute("rel", "self"), new XAttribute("href", self)),
            new XElement(Atom + "link", new XAttribute("href", links.Absolute(links.Home))),
            rooms.Select(room => new XElement(Atom + "entry",
                // The same room listed again later is another entry: the time makes the id.
                new XElement(Atom + "id", $"{links.Absolute(links.Room(room.Jid))}#{room.FirstSeen.ToUnixTimeSeconds()}"),
                new XElement(Atom + "title", room.Title),
                new XElement(Atom + "updated", Stamp(room.FirstSeen)),
                new XElement(Atom + "link", new XAttribute("href", links.Absolute(links.Room(room.Jid)))),
                new XElement(Atom + "summary", room.Description))));
        await WriteAsync(http, feed, "application/atom+xml; charset=utf-8");
    }

    public Task OpenSearchAsync(HttpContext http)
    {
        // OpenSearch 1.1: short names have 16 characters at most.
        var name = options.Title.Length <= 16 ? options.Title : "Room directory";
        return WriteAsync(http, new XElement(OpenSearch + "OpenSearchDescription",
            new XElement(OpenSearch + "ShortName", name),
            new XElement(OpenSearch + "Description", "Public chat rooms on XMPP"),
            new XElement(OpenSearch + "InputEncoding", "UTF-8"),
            new XElement(OpenSearch + "Image", new XAttribute("type", "image/svg+xml"), links.Absolute(links.At("/icon.svg"))),
            new XElement(OpenSearch + "Url", new XAttribute("type", "text/html"),
                new XAttribute("template", links.Absolute(links.At("/search")) + "?q={searchTerms}"))),
            "application/opensearchdescription+xml; charset=utf-8");
    }

    public static async Task QrCodeAsync(HttpContext http, string jid)
    {
        if (QrCode.Encode(Links.Join(jid)) is not { } code)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        http.Response.Headers.CacheControl = "public, max-age=86400";
        http.Response.ContentType = "image/svg+xml";
        await http.Response.WriteAsync(code.ToSvg(), http.RequestAborted);
    }

    public async Task BadgeAsync(HttpContext http, string address)
    {
        var room = await finder.GetAsync(address, http.RequestAborted);
        if (room is null)
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        var (left, right) = (room?.Title ?? "room", room is null ? "not listed" : PageParts.People(room.Occupants));
        if (left.Length > 40)
            left = left[..39] + "…";
        // Widths of letters are guessed: the text is told to fit.
        var (leftWidth, rightWidth) = ((left.Length * 7) + 12, (right.Length * 7) + 12);
        var all = leftWidth + rightWidth;
        var badge = Html.Of($"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="20" role="img" aria-label="{left}: {right}"><title>{left}: {right}</title><clipPath id="r"><rect width="{all}" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="{leftWidth}" height="20" fill="#444"/><rect x="{leftWidth}" width="{rightWidth}" height="20" fill="#0b6e63"/></g><g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="6" y="14" textLength="{leftWidth - 12}">{left}</text><text x="{leftWidth + 6}" y="14" textLength="{rightWidth - 12}">{right}</text></g></svg>
            """);
        http.Response.Headers.CacheControl = "public, max-age=300";
        await Pages.WriteAsync(http, badge, "image/svg+xml");
    }

    private static string Stamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static async Task WriteAsync(HttpContext http, XElement root, string type)
    {
        http.Response.ContentType = type;
        http.Response.Headers.CacheControl = "public, max-age=300";
        await http.Response.WriteAsync(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + root.ToString(SaveOptions.DisableFormatting), http.RequestAborted);
    }
}
