using System.Globalization;
using Annex.Upload.Slots;
using Annex.Upload.Storage;
using Microsoft.Net.Http.Headers;

namespace Annex.Upload.Http;

/// <summary>The headers that keep strangers' files from doing harm, and those that describe a file.</summary>
public sealed class ResponseHeaders(UploadOptions options, TimeProvider time)
{
    public const string Methods = "OPTIONS, HEAD, GET, PUT";

    // An Authorization header that a script sets by itself is no credential in the sense of CORS, so the origin may be *.
    private const string AllowedHeaders = "Authorization, Content-Type, Range, If-Range, If-None-Match, If-Modified-Since";
    private const string ExposedHeaders =
        "Content-Length, Content-Range, Content-Disposition, Accept-Ranges, ETag, Last-Modified, Repr-Digest, Location, Retry-After";
    private const int TagBytes = 16; // of 32: a tag has to differ from others of the same URL, not to prove anything

    /// <summary>On every answer, errors included: whatever this origin says, it must not act.</summary>
    public void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"; // web clients elsewhere show the pictures
        headers.AccessControlAllowOrigin = options.Http.CorsOrigin;
        if (options.Http.CorsOrigin != "*") headers.Vary = "Origin";
        headers.AccessControlExposeHeaders = ExposedHeaders;
    }

    /// <summary>The answer to OPTIONS.</summary>
    public static void Preflight(IHeaderDictionary headers)
    {
        headers.Allow = Methods;
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = AllowedHeaders;
        headers.AccessControlMaxAge = "86400"; // a day: more than any browser keeps it
    }

    /// <summary>Equal for GET and HEAD but for the length, which the caller sets.</summary>
    public void Describe(IHeaderDictionary headers, UploadFile file)
    {
        var type = MediaType.TryParse(file.ContentType, out var parsed) ? parsed : MediaType.OctetStream;
        headers.ContentType = type.Text;
        headers.ContentDisposition = ContentDisposition.Of(file.Name, type.IsInline);
        headers.AcceptRanges = "bytes";
        headers.ETag = TagOf(file).ToString();
        headers.LastModified = HeaderUtilities.FormatDate(ModifiedOf(file));
        headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(file.Sha256!)}:"; // RFC 9530
        headers.CacheControl = CacheControl(file);
    }

    /// <summary>A strong one: equal tags, equal bytes.</summary>
    public static EntityTagHeaderValue TagOf(UploadFile file) =>
        new($"\"{Convert.ToHexStringLower(file.Sha256.AsSpan(0, TagBytes))}\"");

    /// <summary>In whole seconds, as the header carries it.</summary>
    public static DateTimeOffset ModifiedOf(UploadFile file)
    {
        var stored = file.Stored!.Value;
        return stored.AddTicks(-(stored.Ticks % TimeSpan.TicksPerSecond));
    }

    // Never in shared caches, and by default asked for again each time: what is deleted has to be gone.
    private string CacheControl(UploadFile file)
    {
        var age = options.Http.CacheFor;
        if (file.Expires is { } end && end - time.GetUtcNow() is var left && left < age) age = left;
        return age < TimeSpan.FromSeconds(1)
            ? "private, no-cache" : string.Create(CultureInfo.InvariantCulture, $"private, max-age={(long)age.TotalSeconds}");
    }
}
