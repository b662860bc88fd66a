using System.Text;
using System.Xml;
using System.Xml.Linq;
using Annex.Xmpp.Xml;

namespace Annex.Fuzz;

/// <summary>Two readers that know nothing of each other, ours and the framework's, accept the same and read the
/// same.</summary>
internal static class ElementTarget
{
    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly XmlReaderSettings Settings =
        new() { DtdProcessing = DtdProcessing.Prohibit, CheckCharacters = true, XmlResolver = null };

    public static void Run(byte[] input)
    {
        var (ours, condition) = ReadOurs(input);
        string? text = Decode(input);
        if (text is null)
        {
            FuzzTargets.Require(ours is null, "bytes that are no UTF-8 were accepted");
            return;
        }

        // What is left out on purpose, and sizes, say nothing about well-formedness; XML 1.0's fifth edition allows
        // more characters in names than the fourth, which the framework follows.
        if (condition is "restricted-xml" or "policy-violation") return;
        // Namespaces in XML 1.0 §3: no element has the prefix xmlns. The framework lets it pass.
        if (ours is null && text.Contains("<xmlns:", StringComparison.Ordinal)) return;
        var theirs = ReadTheirs(text);
        bool isAscii = text.AsSpan().IndexOfAnyExceptInRange('\0', '\u007f') < 0;
        if (!isAscii && ours is null != (theirs is null)) return;
        FuzzTargets.Require(ours is null == (theirs is null), ours is null ? "only the framework accepts it"
            : "only we accept it");
        if (ours is null) return;
        string written = ours.ToString();
        FuzzTargets.Require(written == Element.Parse(written, "").ToString(), "it is not written as it is read");
        var back = ReadTheirs(written);
        FuzzTargets.Require(back is not null, "the framework does not read what we write");
        FuzzTargets.Require(XNode.DeepEquals(Plain(theirs!), Plain(back!)),
            $"another meaning.\n{Plain(theirs!)}\n{Plain(back!)}");
    }

    private static (Element? Element, string? Condition) ReadOurs(byte[] input)
    {
        try
        {
            return (Element.Parse(input, ""), null);
        }
        catch (XmlStreamException e)
        {
            return (null, e.Condition);
        }
    }

    private static string? Decode(byte[] input)
    {
        try
        {
            return Strict.GetString(input);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static XElement? ReadTheirs(string text)
    {
        try
        {
            using var reader = System.Xml.XmlReader.Create(new StringReader(text), Settings);
            return XElement.Load(reader, LoadOptions.PreserveWhitespace) is var e && DrainedAfter(reader) ? e : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static bool DrainedAfter(System.Xml.XmlReader reader)
    {
        while (reader.Read()) { }
        return true;
    }

    // Without declarations and sections, which are ways to write the same.
    private static XElement Plain(XElement e)
    {
        var plain = new XElement(e.Name,
            e.Attributes().Where(a => !a.IsNamespaceDeclaration).Select(a => new XAttribute(a.Name, a.Value)));
        var text = new StringBuilder();
        foreach (var node in e.Nodes())
        {
            if (node is XText t)
            {
                text.Append(t.Value);
                continue;
            }

            Flush(plain, text);
            if (node is XElement child) plain.Add(Plain(child));
        }

        Flush(plain, text);
        return plain;
    }

    private static void Flush(XElement plain, StringBuilder text)
    {
        if (text.Length > 0) plain.Add(new XText(text.ToString()));
        text.Clear();
    }
}
