// Hot path
namespace Annex.Xmpp.Xml;

/// <summary>Finds ends in well-formed XML. What is cut short ends where the bytes end.</summary>
internal static class XmlSkip
{
    /// <summary>The offset behind the tag that holds <paramref name="pos"/> (outside its attributes' values).</summary>
    public static int Tag(ReadOnlySpan<byte> xml, int pos)
    {
        while (true)
        {
            int i = pos >= xml.Length ? -1 : xml[pos..].IndexOfAny((byte)'>', (byte)'\'', (byte)'"');
            if (i < 0) return xml.Length;
            pos += i + 1;
            byte b = xml[pos - 1];
            if (b == (byte)'>') return pos;
            i = xml[pos..].IndexOf(b);
            if (i < 0) return xml.Length;
            pos += i + 1;
        }
    }

    /// <summary>The offset behind the CDATA section that begins at <paramref name="pos"/>.</summary>
    public static int Section(ReadOnlySpan<byte> xml, int pos)
    {
        int i = xml[pos..].IndexOf("]]>"u8);
        return i < 0 ? xml.Length : pos + i + 3;
    }

    /// <summary>The offset behind the end tag of the element whose content holds <paramref name="pos"/>.</summary>
    public static int Content(ReadOnlySpan<byte> xml, int pos)
    {
        int depth = 1;
        while (true)
        {
            int i = xml[pos..].IndexOf((byte)'<');
            if (i < 0 || pos + i + 1 >= xml.Length) return xml.Length;
            pos += i;
            byte b = xml[pos + 1];
            if (b == (byte)'!')
            {
                pos = Section(xml, pos);
                continue;
            }

            pos = Tag(xml, pos);
            if (b == (byte)'/')
            {
                if (--depth == 0) return pos;
            }
            else if (xml[pos - 2] != (byte)'/')
            {
                depth++;
            }
        }
    }
}
