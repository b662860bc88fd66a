using System.Buffers;
using System.Text;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Fuzz;

/// <summary>Whatever text is given, what is written is one well-formed stanza that reads as the text, broken characters
/// replaced.</summary>
internal static class WriterTarget
{
    public static void Run(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        // As two bytes a character: lone surrogates, noncharacters.
        string wide = Encoding.Unicode.GetString(input);
        var output = new ArrayBufferWriter<byte>();
        var writer = new StanzaWriter(output);
        writer.StartStanza(StanzaKind.Message, StanzaType.Chat, null, null, text);
        writer.StartElement("a"u8, "urn:a"u8);
        writer.Attribute("b"u8, input);
        writer.Text(input);
        writer.Element(new Element("c", "urn:a").With("d", wide).AddText(wide));
        writer.EndStanza();
        using var stanza = Stanza.Parse(output.WrittenSpan);
        var a = stanza.FirstChild!;
        FuzzTargets.Require(stanza.Id == Replaced(text), "the id");
        FuzzTargets.Require(a["b"] == Replaced(text) && a.Text == Replaced(text), "bytes");
        FuzzTargets.Require(a.Children[0]["d"] == Replaced(wide) && a.Children[0].Text == Replaced(wide), "characters");
    }

    private static string Replaced(string text)
    {
        var result = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            bool isLegal = rune.Value is 9 or 10 or 13 or >= 0x20 and not 0xFFFE and not 0xFFFF;
            result.Append(isLegal ? rune.ToString() : "\uFFFD");
        }

        return result.ToString();
    }
}
