using System.Security.Cryptography;
using System.Text;

namespace Annex.Upload.Slots;

/// <summary>The path of one file below the public URL: <c>{ticket}/{name}</c>, unescaped.</summary>
public static class SlotPath
{
    // 144 bits: more than the 128 that make guessing hopeless, and 24 characters without padding.
    private const int TicketBytes = 18;
    // UTF-8; an index entry of PostgreSQL holds 2,704.
    private const int MaxBytes = 1024;

    public static string CreateTicket() => System.Buffers.Text.Base64Url.EncodeToString(
        RandomNumberGenerator.GetBytes(TicketBytes));

    public static string Of(string ticket, string name) => $"{ticket}/{name}";

    /// <summary>The part before the first slash.</summary>
    public static string TicketOf(string path) => path.IndexOf('/') is var slash and > 0 ? path[..slash] : path;

    /// <summary>The part behind the last slash.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Whether a request's path could name a file at all. Anything else is refused before the database is asked.</summary>
    public static bool IsPlausible(string path)
    {
        if (path.Length == 0 || Encoding.UTF8.GetByteCount(path) > MaxBytes || path[0] == '/' || path[^1] == '/') return false;
        foreach (var character in path)
        {
            if (char.IsControl(character)) return false;
        }
        foreach (var segment in path.AsSpan().Split('/'))
        {
            if (path.AsSpan()[segment] is "" or "." or "..") return false;
        }
        return path.Contains('/');
    }

    /// <summary>RFC 3986: every byte that is not unreserved is percent-encoded; the slashes stay.</summary>
    public static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
