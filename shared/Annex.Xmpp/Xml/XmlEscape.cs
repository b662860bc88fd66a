// Hot path
using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Annex.Xmpp.Xml;

/// <summary>Character data into XML. Whatever is given, what is written is well-formed: a character that XML cannot
/// hold, and each part of a broken sequence, becomes U+FFFD, because the server would end the whole stream over
/// it.</summary>
internal static class XmlEscape
{
    private static readonly SearchValues<byte> SpecialInText = SearchValues.Create(
        [.. Controls(), (byte)'\r', (byte)'<', (byte)'>', (byte)'&']);

    private static readonly SearchValues<byte> SpecialInAttribute = SearchValues.Create(
        [.. Controls(), (byte)'\r', (byte)'\n', (byte)'\t', (byte)'<', (byte)'>', (byte)'&', (byte)'\'', (byte)'"']);


    // Bytes converted at a time.
    private const int Chunk = 1024;

    public static void Text(IBufferWriter<byte> output, ReadOnlySpan<byte> utf8) =>
        Write(output, utf8, isAttribute: false);

    public static void Text(IBufferWriter<byte> output, ReadOnlySpan<char> text) =>
        Write(output, text, isAttribute: false);

    public static void Attribute(IBufferWriter<byte> output, ReadOnlySpan<byte> utf8) =>
        Write(output, utf8, isAttribute: true);

    public static void Attribute(IBufferWriter<byte> output, ReadOnlySpan<char> text) =>
        Write(output, text, isAttribute: true);

    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<char> text, bool isAttribute)
    {
        Span<byte> utf8 = stackalloc byte[Chunk];
        while (!text.IsEmpty)
        {
            // Replaces lone surrogates; stops before a pair that does not fit.
            Utf8.FromUtf16(text, utf8, out int read, out int written, replaceInvalidSequences: true,
                isFinalBlock: true);
            WriteValid(output, utf8[..written], isAttribute);
            text = text[read..];
        }
    }

    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> utf8, bool isAttribute)
    {
        if (Ascii.IsValid(utf8) || Utf8.IsValid(utf8)) WriteValid(output, utf8, isAttribute);
        else Write(output, Encoding.UTF8.GetString(utf8).AsSpan(), isAttribute);
    }

    private static void WriteValid(IBufferWriter<byte> output, ReadOnlySpan<byte> utf8, bool isAttribute)
    {
        while (!utf8.IsEmpty)
        {
            int plain = utf8.IndexOfAny(isAttribute ? SpecialInAttribute : SpecialInText);
            int noncharacter = IndexOfNoncharacter(plain < 0 ? utf8 : utf8[..plain]);
            if (noncharacter >= 0) plain = noncharacter;
            if (plain < 0)
            {
                output.Write(utf8);
                return;
            }

            if (plain > 0) output.Write(utf8[..plain]);
            utf8 = utf8[plain..];
            int taken = utf8[0] == 0xEF ? 3 : 1;
            output.Write(Replacement(utf8[0]));
            utf8 = utf8[taken..];
        }
    }

    // U+FFFE and U+FFFF.
    private static int IndexOfNoncharacter(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IndexOf((byte)0xEF) < 0) return -1;
        int a = utf8.IndexOf([(byte)0xEF, (byte)0xBF, (byte)0xBE]);
        int b = utf8.IndexOf([(byte)0xEF, (byte)0xBF, (byte)0xBF]);
        return a < 0 ? b : b < 0 ? a : Math.Min(a, b);
    }

    private static ReadOnlySpan<byte> Replacement(byte b) => b switch
    {
        (byte)'<' => "&lt;"u8,
        (byte)'>' => "&gt;"u8,
        (byte)'&' => "&amp;"u8,
        (byte)'\'' => "&apos;"u8,
        (byte)'"' => "&quot;"u8,
        (byte)'\t' => "&#9;"u8,
        (byte)'\n' => "&#10;"u8,
        (byte)'\r' => "&#13;"u8,
        _ => "\uFFFD"u8,
    };

    private static byte[] Controls()
    {
        var controls = new List<byte>();
        for (byte b = 0; b < 32; b++)
        {
            if (b is not (9 or 10 or 13)) controls.Add(b);
        }

        return [.. controls];
    }
}
