using System.Text;

namespace Annex.Testing.Scripted;

/// <summary>Cuts a component's stream into header, top-level elements and end. On purpose not the suite's own framer: what the
/// suite writes is judged by other eyes. Knows quotes, CDATA and processing instructions; expects well-formed XML.</summary>
internal sealed class XmlCutter
{
    private readonly StringBuilder _pending = new();
    private readonly Decoder _decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
    private bool _hasHeader;

    /// <summary>Takes bytes, gives the complete pieces among them: the header with its open tag, elements, the closing tag.
    /// White space between them is left out.</summary>
    public IEnumerable<string> Add(ReadOnlySpan<byte> bytes)
    {
        var chars = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        _pending.Append(chars, 0, _decoder.GetChars(bytes, chars, flush: false));
        return Cut();
    }

    private List<string> Cut()
    {
        var pieces = new List<string>();
        var text = _pending.ToString();
        var start = 0;
        while (true)
        {
            while (start < text.Length && char.IsWhiteSpace(text[start]))
                start++;
            var end = _hasHeader ? EndOfElement(text, start) : EndOfHeader(text, start);
            if (end < 0)
                break;
            pieces.Add(text[start..end]);
            start = end;
            _hasHeader = true;
        }
        _pending.Clear().Append(text, start, text.Length - start);
        return pieces;
    }

    private static int EndOfHeader(string text, int at)
    {
        if (at < text.Length - 1 && text[at] == '<' && text[at + 1] == '?')
        {
            at = text.IndexOf("?>", at, StringComparison.Ordinal);
            if (at < 0)
                return -1;
            at = text.IndexOf('<', at);
            if (at < 0)
                return -1;
        }
        return at < text.Length && text[at] == '<' ? EndOfTag(text, at) : -1;
    }

    private static int EndOfElement(string text, int at)
    {
        if (at >= text.Length)
            return -1;
        if (text[at] != '<')
            throw new InvalidDataException($"Text between stanzas: {text[at..]}");
        var depth = 0;
        while (true)
        {
            var open = text.IndexOf('<', at);
            if (open < 0)
                return -1;
            if (text.AsSpan(open).StartsWith("<![CDATA["))
            {
                var over = text.IndexOf("]]>", open, StringComparison.Ordinal);
                if (over < 0)
                    return -1;
                at = over + 3;
                continue;
            }
            var end = EndOfTag(text, open);
            if (end < 0)
                return -1;
            if (text[open + 1] == '/')
                depth--;
            else if (text[end - 2] != '/')
                depth++;
            at = end;
            if (depth <= 0)
                return at;
        }
    }

    private static int EndOfTag(string text, int at)
    {
        var quote = '\0';
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (quote != '\0')
                quote = c == quote ? '\0' : quote;
            else if (c is '\'' or '"')
                quote = c;
            else if (c == '>')
                return at + 1;
        }
        return -1;
    }
}
