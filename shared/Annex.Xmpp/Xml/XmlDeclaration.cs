namespace Annex.Xmpp.Xml;

/// <summary>The one processing instruction that a stream may begin with (RFC 6120 §11.5, §11.6).</summary>
internal static class XmlDeclaration
{
    /// <param name="declaration">From &lt;? to ?&gt;.</param>
    /// <exception cref="XmlStreamException">Another instruction, another version or another encoding.</exception>
    public static void Check(ReadOnlySpan<byte> declaration)
    {
        XmlChars.Check(declaration);
        var body = declaration[2..^2];
        if (!body.StartsWith("xml"u8) || body.Length == 3 || !XmlChars.IsSpace(body[3]))
            throw XmlStreamException.Restricted("Processing instructions are not allowed.");
        body = body[3..];
        string? version = Next(ref body, "version"u8);
        string? encoding = Next(ref body, "encoding"u8);
        string? standalone = Next(ref body, "standalone"u8);
        bool ok = version is not null && version.StartsWith("1.", StringComparison.Ordinal) && version.Length > 2 &&
            version.AsSpan(2).IndexOfAnyExceptInRange('0', '9') < 0 && standalone is null or "yes" or "no" &&
            body.Trim(" \t\r\n"u8).IsEmpty;
        if (!ok) throw XmlStreamException.NotWellFormed("The XML declaration is broken.");
        if (encoding is not null && !encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw XmlStreamException.Encoding("Only UTF-8 is supported.");
    }

    private static string? Next(ref ReadOnlySpan<byte> body, ReadOnlySpan<byte> name)
    {
        var rest = body.TrimStart(" \t\r\n"u8);
        if (rest.Length == body.Length || !rest.StartsWith(name)) return null;
        rest = rest[name.Length..].TrimStart(" \t\r\n"u8);
        if (!rest.StartsWith("="u8)) return null;
        rest = rest[1..].TrimStart(" \t\r\n"u8);
        if (rest.IsEmpty || rest[0] is not ((byte)'\'' or (byte)'"')) return null;
        int end = rest[1..].IndexOf(rest[0]);
        if (end < 0) return null;
        string value = System.Text.Encoding.UTF8.GetString(rest.Slice(1, end));
        body = rest[(end + 2)..];
        return value;
    }
}
