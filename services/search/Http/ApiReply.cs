using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Annex.Search.Http;

/// <summary>Answers in JSON, with a tag so that what did not change is not sent again, packed where the client takes it.</summary>
internal static class ApiReply
{
    /// <summary>Packing less than this makes it longer.</summary>
    private const int WorthPacking = 1024;

    private static readonly JsonWriterOptions Options = new()
    {
        // Names are in all scripts: as they are, except what could end a script element.
        Encoder = JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All),
    };

    public static async Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        var body = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body.Span)[..12])}\"";
        http.Response.Headers.ETag = etag;
        http.Response.Headers.Vary = "Accept-Encoding";
        http.Response.Headers.CacheControl = "no-cache";
        if (HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.IfNoneMatch.Any(h => h?.Contains(etag) == true))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        await WriteAsync(http, body);
    }

    public static async Task ErrorAsync(HttpContext http, int status, string problem)
    {
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("error", problem);
            json.WriteEndObject();
        }
        http.Response.StatusCode = status;
        await WriteAsync(http, buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
    }

    private static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        http.Response.ContentType = "application/json";
        if (body.Length < WorthPacking || !http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
            return;
        }
        http.Response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await gzip.WriteAsync(body, http.RequestAborted);
    }
}
