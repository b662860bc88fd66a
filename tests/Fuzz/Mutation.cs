namespace Annex.Fuzz;

/// <summary>Ways to change an input.</summary>
internal static class Mutation
{
    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "<", ">", "/", "/>", "</", "<a>", "</a>", "<a/>", "<a", "='", "'", "\"", "&", ";", "&#", "&#x", "&amp;", "&lt;", "&#65;", "&#x1F600;",
            "&#0;", "<!", "<!--", "<?", "<![CDATA[", "]]>", "]]", "xmlns", " xmlns='", " xmlns:p='u'", " xmlns='u'", "xmlns:", "p:", ":", "<p:a",
            "xml:lang='en'", "xml:", " to='a@b/c'", " from='x@y'", " id='1'", " type='chat'", "<message", "</message>", "<presence", "<iq", " type='get'",
            "<stream:stream", "</stream:stream>", " xmlns:stream='http://etherx.jabber.org/streams'", " xmlns='jabber:component:accept'",
            " xmlns:c='jabber:component:accept'", "<c:message", "</c:message>", "<stream:error", "<?xml version='1.0'?>", " encoding='utf-8'",
            " ", "\n", "\r", "\t", "\0", "\u00e9", "\u20ac", "\U0001F600", "\ufffe", "\uffff", "@", "/", ".", "xn--", "\u00df", "\u0130", "\u200d", "\u3002",
            "<field", "<value>", " var='FORM_TYPE'", " type='submit'", "<item>", "<reported>", "<option>", " xmlns='jabber:x:data'",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
        [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF0, 0x9F], [0xFF], [0x80],
    ];

    public static byte[] Of(List<byte[]> corpus, Random random, int maxLength)
    {
        var bytes = new List<byte>(corpus[random.Next(corpus.Count)]);
        for (int n = 1 << random.Next(4); n > 0; n--) Change(bytes, corpus, random);
        if (bytes.Count > maxLength) bytes.RemoveRange(maxLength, bytes.Count - maxLength);
        return [.. bytes];
    }

    private static void Change(List<byte> bytes, List<byte[]> corpus, Random random)
    {
        int at = random.Next(bytes.Count + 1);
        int rest = bytes.Count - at;
        switch (random.Next(9))
        {
            case 0 when rest > 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1 when rest > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2 when rest > 0:
                bytes.RemoveRange(at, 1 + random.Next(Math.Min(rest, 16)));
                break;
            case 3 or 4:
                bytes.InsertRange(at, Words[random.Next(Words.Length)]);
                break;
            case 5 when rest > 0:
                // Twice the same: nesting, double attributes.
                bytes.InsertRange(at, bytes.GetRange(at, 1 + random.Next(Math.Min(rest, 64))));
                break;
            case 6:
                byte[] other = corpus[random.Next(corpus.Count)];
                int start = random.Next(other.Length + 1);
                bytes.InsertRange(at, other.AsSpan(start, random.Next(other.Length - start + 1)).ToArray());
                break;
            case 7 when rest > 0:
                bytes.RemoveRange(at, rest);
                break;
            default:
                bytes.Insert(at, (byte)random.Next(32, 127));
                break;
        }
    }
}
