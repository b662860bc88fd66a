using System.Buffers;
using System.Text;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Fuzz;

/// <summary>Whatever is accepted as a stanza is consistent: bytes, envelope, reader, tree and copies say the
/// same.</summary>
internal static class StanzaTarget
{
    public static void Run(byte[] input)
    {
        try
        {
            using var stanza = Stanza.Parse(input);
            Check(stanza);
        }
        catch (XmlStreamException)
        {
        }
    }

    public static void Check(Stanza stanza)
    {
        var tree = stanza.ToElement();
        var again = Element.Parse(stanza.Raw.Span);
        FuzzTargets.Require(tree.ToString() == again.ToString(), "the bytes mean something else when they stand alone");
        FuzzTargets.Require(string.Equals(tree.Name, stanza.Kind.ToString(), StringComparison.OrdinalIgnoreCase),
            "kind");
        FuzzTargets.Require(tree.Namespace == Namespaces.Component, "namespace");
        FuzzTargets.Require(tree["id"] == stanza.Id, "id");
        FuzzTargets.Require((tree.Lang ?? "") == Lang(stanza), "xml:lang");
        FuzzTargets.Require(string.IsNullOrEmpty(tree["from"]) == (stanza.From is null), "from");
        FuzzTargets.Require(string.IsNullOrEmpty(tree["to"]) == (stanza.To is null), "to");
        var first = tree.Children.Count > 0 ? tree.Children[0] : null;
        FuzzTargets.Require(Text(stanza.PayloadName) == (first?.Name ?? ""), "payload's name");
        FuzzTargets.Require(Text(stanza.PayloadNamespace) == (first?.Namespace ?? ""), "payload's namespace");
        CheckCopy(stanza, tree);
        var reader = stanza.Children;
        CheckChildren(ref reader, tree.Children, depth: 0);
    }

    // The payload and the declarations in another stanza's tag mean the same.
    private static void CheckCopy(Stanza stanza, Element tree)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new StanzaWriter(output);
        writer.StartStanza(StanzaKind.Message, StanzaType.Chat, stanza.From, stanza.To, stanza.RawId);
        writer.RawAttributes(stanza.RawDeclarations);
        writer.Raw(stanza.Payload.Span);
        writer.EndStanza();
        using var copy = Stanza.Parse(output.WrittenSpan);
        var copied = copy.ToElement();
        FuzzTargets.Require(copy.Id == (stanza.Id == "" ? null : stanza.Id), "the id in the copy");
        FuzzTargets.Require(copied.Text == tree.Text, "the text in the copy");
        var children = copied.Children.Select(c => c.ToString());
        var expected = tree.Children.Select(c => c.ToString());
        FuzzTargets.Require(children.SequenceEqual(expected), "the children in the copy");
        FuzzTargets.Require(Equals(copy.From, stanza.From) && Equals(copy.To, stanza.To), "the addresses in the copy");
    }

    private static void CheckChildren(ref XmlReader reader, IReadOnlyList<Element> expected, int depth)
    {
        foreach (var child in expected)
        {
            FuzzTargets.Require(reader.ReadElement(), "a child is missing");
            FuzzTargets.Require(Text(reader.LocalName) == child.Name, "a child's name");
            FuzzTargets.Require(Text(reader.Namespace) == child.Namespace, "a child's namespace");
            FuzzTargets.Require(reader.Attribute("id"u8) == child["id"], "a child's attribute");
            var output = new ArrayBufferWriter<byte>();
            var copier = reader;
            copier.CopyWithContext(output, "urn:there"u8);
            var copied = Element.Parse(output.WrittenSpan, "urn:there");
            // A language from further out is the one difference that is meant.
            if (child.Lang is null) copied.Lang = null;
            FuzzTargets.Require(copied.ToString() == child.ToString(), "a copy with its context: " +
                Text(output.WrittenSpan));
            var texts = reader;
            FuzzTargets.Require(texts.ReadText() == child.Text, "a child's text");
            if (depth == 3) continue;
            reader.Enter();
            CheckChildren(ref reader, child.Children, depth + 1);
            reader.Leave();
        }

        FuzzTargets.Require(!reader.ReadElement(), "a child too many");
    }

    private static string Lang(Stanza stanza) =>
        Element.Parse([.. "<a x='"u8, .. Quoted(stanza.RawLang), .. "'/>"u8])["x"]!;

    private static byte[] Quoted(ReadOnlySpan<byte> raw) =>
        Encoding.UTF8.GetBytes(Text(raw).Replace("'", "&apos;", StringComparison.Ordinal));

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
