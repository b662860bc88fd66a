using System.Net;
using System.Net.Sockets;
using Annex.Search.Storage;
using Annex.Search.Web;
using Annex.Xmpp.Addressing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Annex.Search.Http;

/// <summary>The users' listener: what is where, and what every answer has on it.</summary>
internal sealed class SearchEndpoints(
    Api api, Pages pages, Feeds feeds, Assets assets, AvatarStore avatars, Links links, SearchOptions options, TimeProvider time)
{
    /// <summary>Nothing runs that is not ours, nothing is loaded from elsewhere, nobody frames it.</summary>
    private const string PagePolicy =
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; " +
        "base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Images and data: not even our own script.</summary>
    private const string InertPolicy = "default-src 'none'; style-src 'none'; sandbox; frame-ancestors 'none'";

    private const string Away = "the index cannot be read just now";

    private readonly RateLimiter _addresses = new(time, options.MaxRequestsPerAddress, TimeSpan.FromSeconds(10));

    public void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (var root in links.Base.Length == 0 ? (string[])[""] : ["", links.Base])
            Map(endpoints, root);
    }

    // A proxy in front may cut the path of the public URL off, or leave it: both are served.
    private void Map(IEndpointRouteBuilder endpoints, string root)
    {
        MapApi(endpoints, root + "/api/1.0/rooms/unsafe", api.ListAsync);
        MapApi(endpoints, root + "/api/1.0/rooms.json", api.ListAsync);
        MapApi(endpoints, root + "/api/1.0/rooms", api.WalkAsync);
        MapApi(endpoints, root + "/api/1.0/search", api.SearchAsync, isPost: true);
        MapInert(endpoints, root + "/api/1.0/badge", http => feeds.BadgeAsync(http, Prepared(http.Request.Query["address"])));
        MapInert(endpoints, root + "/avatar/v1/{jid}", http => avatars.WriteAsync(http, Prepared(Route(http, "jid"))));
        MapInert(endpoints, root + "/qr/{jid}", http => Feeds.QrCodeAsync(http, Prepared(WithoutSuffix(Route(http, "jid"), ".svg"))));
        MapPage(endpoints, root + "/", http => pages.DirectoryAsync(http, 1));
        MapPage(endpoints, root + "/rooms/{page:int}", http => pages.DirectoryAsync(http, int.Parse(Route(http, "page"),
            System.Globalization.CultureInfo.InvariantCulture)));
        MapPage(endpoints, root + "/search", pages.SearchAsync);
        MapPage(endpoints, root + "/room/{jid}", http => pages.RoomAsync(http, Prepared(Route(http, "jid"))));
        MapPage(endpoints, root + "/stats", pages.StatisticsAsync);
        MapPage(endpoints, root + "/docs/{name}", http => pages.DocumentAsync(http, Route(http, "name")));
        MapPage(endpoints, root + "/feed.atom", feeds.AtomAsync);
        MapPage(endpoints, root + "/meta/osd.xml", feeds.OpenSearchAsync);
        foreach (var path in assets.Paths)
            MapInert(endpoints, $"{root}/{path}", http => assets.WriteAsync(http, path), isLimited: false);
        // Whatever else is asked for; a route that says more comes first, another service's too.
        MapPage(endpoints, root + "/{**path}", pages.NotFoundAsync);
        MapPage(endpoints, root + "/robots.txt", http => http.Response.WriteAsync(
            $"User-agent: *\nDisallow: {links.Base}/search\nDisallow: {links.Base}/api/\n", http.RequestAborted));
    }

    private void MapApi(IEndpointRouteBuilder endpoints, string path, RequestDelegate answer, bool isPost = false)
    {
        string[] methods = isPost ? ["GET", "HEAD", "POST"] : ["GET", "HEAD"];
        endpoints.MapMethods(path, methods, http =>
        {
            AddHeaders(http, InertPolicy);
            // Nobody is logged in here: any page may read it.
            http.Response.Headers.AccessControlAllowOrigin = "*";
            http.Response.Headers.AccessControlExposeHeaders = "ETag, Retry-After";
            return IsWithinLimit(http, out var retryAfter)
                ? OrUnavailableAsync(http, answer, () => ApiReply.ErrorAsync(http, StatusCodes.Status503ServiceUnavailable, Away))
                : TooManyAsync(http, retryAfter);
        });
        endpoints.MapMethods(path, ["OPTIONS"], http =>
        {
            http.Response.Headers.AccessControlAllowOrigin = "*";
            http.Response.Headers.AccessControlAllowMethods = isPost ? "GET, POST, OPTIONS" : "GET, OPTIONS";
            http.Response.Headers.AccessControlAllowHeaders = "Content-Type, If-None-Match";
            http.Response.Headers.AccessControlMaxAge = "86400";
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
    }

    private void MapPage(IEndpointRouteBuilder endpoints, string path, RequestDelegate answer) =>
        endpoints.MapMethods(path, ["GET", "HEAD"], http =>
        {
            AddHeaders(http, PagePolicy);
            if (IsWithinLimit(http, out var retryAfter))
            {
                return OrUnavailableAsync(http, answer, () => pages.ProblemAsync(
                    http, StatusCodes.Status503ServiceUnavailable, "Back in a moment", "The directory cannot be read just now. Try again soon."));
            }
            SetRetryAfter(http, retryAfter);
            return pages.ProblemAsync(http, StatusCodes.Status429TooManyRequests, "A little slower, please",
                "Too many requests came from your address. Wait a few seconds and load the page again.");
        });

    private void MapInert(IEndpointRouteBuilder endpoints, string path, RequestDelegate answer, bool isLimited = true) =>
        MapGet(endpoints, path, InertPolicy, http =>
        {
            http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
            return OrUnavailableAsync(http, answer, () =>
            {
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return Task.CompletedTask;
            });
        }, isLimited);

    // The database is away, and what was asked is not answered from memory.
    private static async Task OrUnavailableAsync(HttpContext http, RequestDelegate answer, Func<Task> otherwise)
    {
        try
        {
            await answer(http);
        }
        catch (NpgsqlException) when (!http.Response.HasStarted)
        {
            SetRetryAfter(http, TimeSpan.FromSeconds(10));
            http.Response.Headers.Remove("ETag");
            http.Response.Headers.CacheControl = "no-store";
            await otherwise();
        }
    }

    private void MapGet(IEndpointRouteBuilder endpoints, string path, string policy, RequestDelegate answer, bool isLimited) =>
        endpoints.MapMethods(path, ["GET", "HEAD"], http =>
        {
            AddHeaders(http, policy);
            return !isLimited || IsWithinLimit(http, out var retryAfter) ? answer(http) : TooManyAsync(http, retryAfter);
        });

    private static void AddHeaders(HttpContext http, string policy)
    {
        http.Response.Headers.ContentSecurityPolicy = policy;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        // Where somebody goes from a search is nobody's business.
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers["Permissions-Policy"] = "interest-cohort=()";
    }

    private bool IsWithinLimit(HttpContext http, out TimeSpan retryAfter) =>
        _addresses.TryTake(PrefixOf(http.Connection.RemoteIpAddress), out retryAfter);

    private static Task TooManyAsync(HttpContext http, TimeSpan retryAfter)
    {
        SetRetryAfter(http, retryAfter);
        return ApiReply.ErrorAsync(http, StatusCodes.Status429TooManyRequests, "too many requests");
    }

    private static void SetRetryAfter(HttpContext http, TimeSpan time) =>
        http.Response.Headers.RetryAfter = $"{(int)Math.Max(1, Math.Ceiling(time.TotalSeconds))}";

    // Whoever has one IPv6 address has a /64 of them.
    private static string PrefixOf(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    private static string Route(HttpContext http, string name) => (string)http.Request.RouteValues[name]!;

    private static string WithoutSuffix(string text, string suffix) =>
        text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text;

    /// <summary>An address in the form that the index has; one that is none matches nothing.</summary>
    private static string Prepared(string? jid) => Jid.TryParse(jid, out var parsed) ? parsed.Bare.ToString() : "";
}
