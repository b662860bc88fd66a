using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Annex.Search.Web;

/// <summary>Style, script and icon: in the assembly, never changing while it runs.</summary>
internal sealed class Assets
{
    private static readonly (string Path, string Type)[] Files =
    [
        ("style.css", "text/css; charset=utf-8"), ("search.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ];

    private readonly Dictionary<string, (byte[] Bytes, byte[] Gzip, string Type, string ETag)> _assets =
        new(StringComparer.Ordinal);

    public Assets()
    {
        foreach (var (path, type) in Files)
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Annex.Search.Web.Assets." + path)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
                gzip.Write(bytes.GetBuffer(), 0, (int)bytes.Length);
            var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))[..16]}\"";
            _assets[path] = (bytes.ToArray(), packed.ToArray(), type, etag);
        }
    }

    public IEnumerable<string> Paths => _assets.Keys;

    public async Task WriteAsync(HttpContext http, string path)
    {
        var (bytes, gzip, type, etag) = _assets[path];
        http.Response.Headers.ETag = etag;
        http.Response.Headers.CacheControl = "public, max-age=86400";
        http.Response.Headers.Vary = "Accept-Encoding";
        if (http.Request.Headers.IfNoneMatch.Contains(etag))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var isPacked = http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal);
        if (isPacked)
            http.Response.Headers.ContentEncoding = "gzip";
        http.Response.ContentType = type;
        await http.Response.Body.WriteAsync(isPacked ? gzip : bytes, http.RequestAborted);
    }
}
