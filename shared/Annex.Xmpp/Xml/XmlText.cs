using System.Buffers;
using System.Text;

namespace Annex.Xmpp.Xml;

/// <summary>Character data out of XML: references resolved, line ends normalised (XML 1.0 §2.11, §3.3.3).</summary>
internal static class XmlText
{
    private static readonly SearchValues<byte> SpecialInText = SearchValues.Create("&\r"u8);
    private static readonly SearchValues<byte> SpecialInAttribute = SearchValues.Create("&\t\n\r"u8);

    /// <summary>Throws unless what stands between &amp; and ; is one of the five entities or a legal
    /// character.</summary>
    public static void CheckReference(ReadOnlySpan<byte> name)
    {
        if (TryResolve(name, out _)) return;
        // XML 1.0 §4.1: any other name would be an entity that only a DTD could declare (RFC 6120 §11.1).
        if (XmlChars.StartsName(name))
            throw XmlStreamException.Restricted("Only the five predefined entities are allowed.");
        throw XmlStreamException.NotWellFormed("A reference to a character that XML does not allow.");
    }

    private static bool TryResolve(ReadOnlySpan<byte> name, out Rune rune)
    {
        uint c = 0;
        if (name.SequenceEqual("lt"u8)) c = '<';
        else if (name.SequenceEqual("gt"u8)) c = '>';
        else if (name.SequenceEqual("amp"u8)) c = '&';
        else if (name.SequenceEqual("quot"u8)) c = '"';
        else if (name.SequenceEqual("apos"u8)) c = '\'';
        else if (!name.StartsWith("#"u8) || !TryReadNumber(name[1..], out c)) c = 0;
        bool ok = XmlChars.IsLegal(c);
        rune = ok ? new Rune(c) : default;
        return ok;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> digits, out uint number)
    {
        number = 0;
        uint radix = 10;
        if (digits.StartsWith("x"u8))
        {
            radix = 16;
            digits = digits[1..];
        }

        foreach (byte b in digits)
        {
            int digit = b is >= (byte)'0' and <= (byte)'9' ? b - '0'
                : radix == 16 && (b | 0x20) is >= 'a' and <= 'f' ? (b | 0x20) - 'a' + 10 : -1;
            if (digit < 0) return false;
            number = number * radix + (uint)digit;
            if (number > 0x10FFFF) return false;
        }

        return !digits.IsEmpty;
    }

    /// <summary>The value of an attribute; the same memory where nothing has to be resolved.</summary>
    public static ReadOnlySpan<byte> UnescapeAttribute(ReadOnlySpan<byte> raw) =>
        raw.ContainsAny(SpecialInAttribute) ? Unescape(raw, isAttribute: true) : raw;

    /// <summary>Character data (no CDATA section, no tag); the same memory where nothing has to be resolved.</summary>
    public static ReadOnlySpan<byte> UnescapeText(ReadOnlySpan<byte> raw) =>
        raw.ContainsAny(SpecialInText) ? Unescape(raw, isAttribute: false) : raw;

    /// <summary>What stands in a CDATA section: line ends are normalised, references are none.</summary>
    public static ReadOnlySpan<byte> UnescapeCdata(ReadOnlySpan<byte> raw) =>
        raw.Contains((byte)'\r') ? Unescape(raw, isAttribute: false, isCdata: true) : raw;

    private static byte[] Unescape(ReadOnlySpan<byte> raw, bool isAttribute, bool isCdata = false)
    {
        // A reference is never shorter than what it stands for, so this is room enough.
        byte[] room = ArrayPool<byte>.Shared.Rent(raw.Length);
        int n = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            byte b = raw[i];
            if (b == (byte)'&' && !isCdata)
            {
                int length = raw[(i + 1)..].IndexOf((byte)';');
                if (length >= 0 && TryResolve(raw.Slice(i + 1, length), out var rune))
                {
                    n += rune.EncodeToUtf8(room.AsSpan(n));
                    i += length + 1;
                    continue;
                }
            }
            else if (b == (byte)'\r')
            {
                if (i + 1 < raw.Length && raw[i + 1] == (byte)'\n') continue;
                b = (byte)'\n';
            }

            room[n++] = isAttribute && (b is (byte)'\n' or (byte)'\t') ? (byte)' ' : b;
        }

        byte[] result = room.AsSpan(0, n).ToArray();
        ArrayPool<byte>.Shared.Return(room);
        return result;
    }
}
