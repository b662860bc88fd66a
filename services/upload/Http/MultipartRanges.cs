using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Annex.Upload.Storage;

namespace Annex.Upload.Http;

/// <summary>Several ranges in one answer: multipart/byteranges (RFC 9110 §14.6).</summary>
internal static class MultipartRanges
{
    public static async Task SendAsync(HttpContext http, UploadFile file, IReadOnlyList<ByteRange> ranges,
        Func<UploadFile, ByteRange, CancellationToken, Task<Stream>> open)
    {
        var boundary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var type = http.Response.Headers.ContentType.ToString();
        var heads = ranges.Select(range => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"\r\n--{boundary}\r\nContent-Type: {type}\r\nContent-Range: bytes {range.First}-{range.Last}/{file.Size}\r\n\r\n")))
            .ToList();
        var end = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
        http.Response.StatusCode = StatusCodes.Status206PartialContent;
        http.Response.Headers.ContentType = $"multipart/byteranges; boundary={boundary}";
        http.Response.ContentLength = ranges.Sum(range => range.Length) + heads.Sum(head => head.Length) + end.Length;
        for (var i = 0; i < ranges.Count; i++)
        {
            // Opened before its head is written: a missing blob is still a plain 404 at the first.
            await using var content = await open(file, ranges[i], http.RequestAborted);
            await http.Response.BodyWriter.WriteAsync(heads[i], http.RequestAborted);
            await StreamCopy.SendAsync(content, http.Response.BodyWriter, ranges[i].Length, http.RequestAborted);
        }
        await http.Response.BodyWriter.WriteAsync(end, http.RequestAborted);
    }
}
