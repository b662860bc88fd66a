using System.Buffers;
using System.Globalization;
using System.Text;

namespace Annex.Xmpp.Xml;

// Attributes, and the way from bytes and back.
public sealed partial class Element
{
    internal static Element Make(string name, string ns) => new(name, ns, isChecked: false);

    internal static Element Parse(ReadOnlySpan<byte> utf8, XmlOuterContext outer, XmlLimits limits)
    {
        var xml = utf8.Trim(" \t\r\n"u8);
        if (xml.Length > limits.MaxStanzaBytes) throw XmlStreamException.Policy("The element is too long.");
        var scanner = new XmlScanner(limits) { Outer = outer };
        if (!scanner.Scan(xml)) throw XmlStreamException.NotWellFormed("The element does not end.");
        if (scanner.End != xml.Length) throw XmlStreamException.NotWellFormed("More than one element.");
        return FromScanned(xml, outer);
    }

    /// <summary>Reads an element that a scanner has found well-formed.</summary>
    internal static Element FromScanned(ReadOnlySpan<byte> xml, XmlOuterContext outer)
    {
        var reader = new XmlReader(xml, outer);
        reader.ReadElement();
        return reader.ReadTree();
    }

    internal void AppendAttribute(string ns, string name, string value) => (_attributes ??= []).Add((ns, name, value));

    private string? Get(string ns, string name)
    {
        if (_attributes is null) return null;
        foreach (var attribute in _attributes)
        {
            if (attribute.Name == name && attribute.Namespace == ns) return attribute.Value;
        }

        return null;
    }

    private void Set(string ns, string name, string? value)
    {
        int i = _attributes is null ? -1 : _attributes.FindIndex(a => a.Name == name && a.Namespace == ns);
        if (value is null)
        {
            if (i >= 0) _attributes!.RemoveAt(i);
            return;
        }

        if (i >= 0)
        {
            _attributes![i] = (ns, name, value);
            return;
        }

        CheckName(name);
        if (ns.Length == 0 && name == "xmlns")
            throw new ArgumentException("A namespace is given to the constructor.", nameof(name));
        AppendAttribute(ns, name, value);
    }

    private static void CheckName(string name)
    {
        if (!XmlChars.IsNCName(name))
            throw new ArgumentException("Not a name in XML, or one with a prefix.", nameof(name));
    }

    private void WriteAttributes(IBufferWriter<byte> output)
    {
        if (_attributes is null) return;
        int prefixes = 0;
        foreach (var (ns, name, value) in _attributes)
        {
            if (ns.Length == 0)
            {
                WriteAttribute(output, name, value);
            }
            else if (ns == Stanzas.Namespaces.Xml)
            {
                WriteAttribute(output, "xml:" + name, value);
            }
            else
            {
                // The prefix it came with is not kept: a name's meaning is its namespace.
                string prefix = "ns" + (++prefixes).ToString(CultureInfo.InvariantCulture);
                WriteAttribute(output, "xmlns:" + prefix, ns);
                WriteAttribute(output, prefix + ":" + name, value);
            }
        }
    }

    private static void WriteAttribute(IBufferWriter<byte> output, string name, string value)
    {
        output.Write(" "u8);
        WriteName(output, name);
        output.Write("='"u8);
        XmlEscape.Attribute(output, value);
        output.Write("'"u8);
    }

    private static void WriteName(IBufferWriter<byte> output, string name) => Encoding.UTF8.GetBytes(name, output);
}
