// Hot path
using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Annex.Xmpp.Xml;

/// <summary>Which characters XML 1.0 (fifth edition) and Namespaces in XML 1.0 allow where.</summary>
internal static class XmlChars
{
    private const byte NameStart = 1;
    private const byte NameByte = 2;
    private const byte Space = 4;

    // Indexed by byte. A colon is in no class: names are split at it. Bytes from 0x80 are decoded before they are
    // judged.
    private static readonly byte[] Classes = MakeClasses();

    private static readonly SearchValues<byte> IllegalBytes = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]);

    public static bool IsNameByte(byte b) => (Classes[b] & NameByte) != 0;

    public static bool IsSpace(byte b) => (Classes[b] & Space) != 0;

    /// <summary>Char of XML 1.0 §2.2.</summary>
    public static bool IsLegal(uint c) =>
        c < 0x20 ? c is 9 or 10 or 13 : c <= 0xD7FF || c is >= 0xE000 and <= 0xFFFD || c is >= 0x10000 and <= 0x10FFFF;

    /// <summary>Throws unless every byte belongs to a legal character in valid UTF-8.</summary>
    public static void Check(ReadOnlySpan<byte> utf8)
    {
        if (utf8.ContainsAny(IllegalBytes))
            throw XmlStreamException.NotWellFormed("A control character is not allowed in XML.");
        if (Ascii.IsValid(utf8)) return;
        if (!Utf8.IsValid(utf8)) throw XmlStreamException.Encoding("The bytes are not valid UTF-8.");
        // U+FFFE and U+FFFF are the only other characters that valid UTF-8 can hold and XML cannot.
        if (utf8.IndexOf([(byte)0xEF, (byte)0xBF, (byte)0xBE]) >= 0 ||
            utf8.IndexOf([(byte)0xEF, (byte)0xBF, (byte)0xBF]) >= 0)
            throw XmlStreamException.NotWellFormed("U+FFFE and U+FFFF are not allowed in XML.");
    }

    /// <summary>Moves behind one character of a name; false where the data ends inside it.</summary>
    public static bool TryReadNameRune(ReadOnlySpan<byte> data, ref int pos)
    {
        var status = Rune.DecodeFromUtf8(data[pos..], out var rune, out int length);
        if (status == OperationStatus.NeedMoreData) return false;
        if (status != OperationStatus.Done) throw XmlStreamException.Encoding("A name is not valid UTF-8.");
        if (!IsNameRune((uint)rune.Value))
            throw XmlStreamException.NotWellFormed("A name holds a character that names cannot hold.");
        pos += length;
        return true;
    }

    /// <summary>Whether these bytes of a name (already known to be name characters) may begin one.</summary>
    public static bool StartsName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return false;
        if (name[0] < 0x80) return (Classes[name[0]] & NameStart) != 0;
        return Rune.DecodeFromUtf8(name, out var rune, out _) == OperationStatus.Done &&
            IsNameStartRune((uint)rune.Value);
    }

    /// <summary>NCName: a name without a colon.</summary>
    public static bool IsNCName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty) return false;
        bool first = true;
        foreach (var rune in name.EnumerateRunes())
        {
            uint c = (uint)rune.Value;
            if (c == ':' || !(first ? IsNameStartRune(c) : IsNameRune(c))) return false;
            first = false;
        }

        return true;
    }

    // XML 1.0 §2.3, productions [4] and [4a], without the colon.
    private static bool IsNameStartRune(uint c) =>
        c < 0x80
            ? (Classes[c] & NameStart) != 0
            : c is >= 0xC0 and <= 0x2FF and not 0xD7 and not 0xF7
                or >= 0x370 and <= 0x1FFF and not 0x37E
                or 0x200C or 0x200D
                or >= 0x2070 and <= 0x218F
                or >= 0x2C00 and <= 0x2FEF
                or >= 0x3001 and <= 0xD7FF
                or >= 0xF900 and <= 0xFDCF
                or >= 0xFDF0 and <= 0xFFFD
                or >= 0x10000 and <= 0xEFFFF;

    private static bool IsNameRune(uint c) =>
        c < 0x80
            ? (Classes[c] & NameByte) != 0
            : IsNameStartRune(c) || c is 0xB7 or >= 0x300 and <= 0x36F or 0x203F or 0x2040;

    private static byte[] MakeClasses()
    {
        var classes = new byte[256];
        for (int c = 'a'; c <= 'z'; c++) classes[c] = NameStart | NameByte;
        for (int c = 'A'; c <= 'Z'; c++) classes[c] = NameStart | NameByte;
        for (int c = '0'; c <= '9'; c++) classes[c] = NameByte;
        classes['_'] = NameStart | NameByte;
        classes['-'] = classes['.'] = NameByte;
        classes[' '] = classes['\t'] = classes['\r'] = classes['\n'] = Space;
        return classes;
    }
}
