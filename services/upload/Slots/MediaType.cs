using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Annex.Upload.Slots;

/// <summary>
/// A media type as RFC 9110 §8.3.1 writes it. Whatever does not parse never reaches a header: no line break, no control
/// character, ASCII only.
/// </summary>
public sealed record MediaType
{
    /// <summary>What is assumed where a client names none (XEP-0363 §7).</summary>
    public static readonly MediaType OctetStream = new("application/octet-stream", "application/octet-stream");

    private const int MaxLength = 255; // RFC 6838 §4.2 allows 127 a name; the rest is room for parameters.

    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly HashSet<string> Inline = new(StringComparer.Ordinal)
    {
        // Raster images, audio and video that browsers show and that carry no script. No SVG, no PDF, no text.
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp", "image/apng", "image/heic",
        "image/heif", "image/jxl",
        "audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/opus", "audio/webm", "audio/wav", "audio/x-wav",
        "audio/flac", "audio/x-flac", "audio/x-m4a", "audio/amr", "audio/3gpp",
        "video/mp4", "video/webm", "video/ogg", "video/quicktime", "video/3gpp", "video/x-matroska",
    };

    private MediaType(string essence, string text)
    {
        Essence = essence;
        Text = text;
    }

    /// <summary>type/subtype in lower case, without parameters.</summary>
    public string Essence { get; }

    /// <summary>As the client wrote it.</summary>
    public string Text { get; }

    /// <summary>Whether a browser may show it in place; everything else is an attachment.</summary>
    public bool IsInline => Inline.Contains(Essence);

    public static bool TryParse(string? text, [NotNullWhen(true)] out MediaType? type)
    {
        type = null;
        if (text is null) return false;
        text = text.Trim(' ');
        if (text.Length is 0 or > MaxLength) return false;
        var rest = text.AsSpan();
        var slash = rest.IndexOfAnyExcept(Token);
        if (slash <= 0 || rest[slash] != '/') return false;
        var end = rest[(slash + 1)..].IndexOfAnyExcept(Token);
        end = end < 0 ? rest.Length : slash + 1 + end;
        if (end == slash + 1) return false;
        if (!AreParameters(rest[end..])) return false;
        type = new MediaType(text[..end].ToLowerInvariant(), text);
        return true;
    }

    public override string ToString() => Text;

    // RFC 9110 §5.6.6: *( OWS ";" OWS [ token "=" ( token / quoted-string ) ] )
    private static bool AreParameters(ReadOnlySpan<char> rest)
    {
        while (true)
        {
            rest = rest.TrimStart(' ');
            if (rest.IsEmpty) return true;
            if (rest[0] != ';') return false;
            rest = rest[1..].TrimStart(' ');
            if (rest.IsEmpty || rest[0] == ';') continue;
            var name = rest.IndexOfAnyExcept(Token);
            if (name <= 0 || rest[name] != '=') return false;
            rest = rest[(name + 1)..];
            var length = !rest.IsEmpty && rest[0] == '"' ? QuotedLength(rest) : TokenLength(rest);
            if (length <= 0) return false;
            rest = rest[length..];
        }
    }

    private static int TokenLength(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExcept(Token);
        return end < 0 ? text.Length : end;
    }

    private static int QuotedLength(ReadOnlySpan<char> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] is < ' ' or > '~') return -1;
            if (text[i] == '\\') i++;
            else if (text[i] == '"') return i + 1;
        }
        return -1;
    }
}
