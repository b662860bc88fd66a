using System.Buffers;
using System.Text;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Stanzas;

// What happens once per stream, or to unusual stanzas only.
public sealed partial class StanzaFramer
{
    private static Phase ChooseStart(ReadOnlySpan<byte> frame)
    {
        if (frame[0] != (byte)'<') throw XmlStreamException.NotWellFormed("A stream begins with its opening tag.");
        if (frame.Length == 1) return Phase.Start;
        return frame[1] == (byte)'?' ? Phase.Declaration : Phase.Header;
    }

    private static Phase ChooseFrame(ReadOnlySpan<byte> frame)
    {
        // RFC 6120 §11.7: between stanzas there is white space or nothing.
        if (frame[0] != (byte)'<') throw new XmlStreamException("bad-format", "Character data between stanzas.");
        if (frame.Length == 1) return Phase.Between;
        if (frame[1] == (byte)'/') return Phase.EndTag;
        return Phase.Frame;
    }

    private int ScanEndTag(ReadOnlySpan<byte> frame)
    {
        var rest = frame[2..];
        int n = Math.Min(rest.Length, _streamName.Length);
        if (!rest[..n].SequenceEqual(_streamName.AsSpan(0, n)))
            throw XmlStreamException.NotWellFormed("An end tag without a start tag.");
        rest = rest[n..];
        int space = CountSpace(rest);
        if (space == rest.Length) return -1;
        return rest[space] == (byte)'>' ? 2 + n + space + 1
            : throw XmlStreamException.NotWellFormed("An end tag without a start tag.");
    }

    private void ReadHeader(ReadOnlySpan<byte> tag)
    {
        var prefixes = new List<(byte[], byte[])>();
        byte[] defaultNamespace = [];
        string? id = null, from = null, to = null, version = null, lang = null;
        foreach (ref readonly var slot in _headerScanner.Attributes)
        {
            var name = slot.Name(tag);
            byte[] value = XmlText.UnescapeAttribute(slot.Value(tag)).ToArray();
            if (slot.IsDeclaration)
            {
                if (slot.Colon < 0) defaultNamespace = value;
                else prefixes.Add((name[6..].ToArray(), value));
                continue;
            }

            string text = Encoding.UTF8.GetString(value);
            if (name.SequenceEqual("id"u8)) id = text;
            else if (name.SequenceEqual("from"u8)) from = text;
            else if (name.SequenceEqual("to"u8)) to = text;
            else if (name.SequenceEqual("version"u8)) version = text;
            else if (name.SequenceEqual("xml:lang"u8)) lang = text;
        }

        var outer = new XmlOuterContext(defaultNamespace, [.. prefixes]);
        CheckRoot(tag, outer);
        _scanner.Outer = outer;
        Header = new StreamHeader(id, from, to, version, lang, Encoding.UTF8.GetString(defaultNamespace));
    }

    private void CheckRoot(ReadOnlySpan<byte> tag, XmlOuterContext outer)
    {
        var local = _headerScanner.RootName.Of(tag);
        int nameEnd = _headerScanner.RootName.Start + local.Length;
        _streamName = tag[1..nameEnd].ToArray();
        int colon = _streamName.AsSpan().IndexOf((byte)':');
        if (!local.SequenceEqual("stream"u8))
            throw new XmlStreamException("bad-format", "The stream's root is no stream.");
        // RFC 6120 §4.9.3.2 and §4.8.5: no prefix on an element that needs one.
        if (colon < 0) throw new XmlStreamException("bad-namespace-prefix", "The stream's root has no prefix.");
        bool ok = outer.TryResolve(_streamName.AsSpan(0, colon), out var uri) &&
            uri.SequenceEqual("http://etherx.jabber.org/streams"u8);
        // RFC 6120 §4.9.3.10
        if (!ok) throw new XmlStreamException("invalid-namespace", "The stream's root stands in another namespace.");
        if (tag[^2] == (byte)'/') throw new XmlStreamException("bad-format", "The stream's root is empty.");
    }

    // The opening tag alone, closed: enough to tell the sender.
    private FrameKind Refuse(ReadOnlySpan<byte> frame, byte[]? memory, out Stanza? stanza)
    {
        stanza = null;
        int length = _scanner.ContentStart;
        if (_scanner.IsRootInComponent && !_scanner.NeedsNormalizing && length <= _limits.MaxStanzaBytes)
        {
            byte[] head = [.. frame[..(length - 1)].TrimEnd((byte)'/'), .. "/>"u8];
            try
            {
                stanza = ParseStanza(head, _limits);
            }
            catch (XmlStreamException)
            {
                // No stanza.
            }
        }

        if (memory is not null) StanzaMemory.Return(memory);
        return FrameKind.Refused;
    }

    internal static Stanza ParseStanza(ReadOnlySpan<byte> utf8, XmlLimits limits)
    {
        var xml = utf8.Trim(" \t\r\n"u8);
        if (xml.Length > limits.MaxStanzaBytes) throw XmlStreamException.Policy("The stanza is too long.");
        var scanner = new XmlScanner(limits);
        if (!scanner.Scan(xml)) throw XmlStreamException.NotWellFormed("The stanza does not end.");
        if (scanner.End != xml.Length) throw XmlStreamException.NotWellFormed("More than one stanza.");
        if (!StanzaWords.TryKind(scanner.RootName.Of(xml), out var kind) || !scanner.IsRootInComponent)
            throw new XmlStreamException("unsupported-stanza-type",
                "The element is no message, presence or iq of a component.");
        if (scanner.NeedsNormalizing) return Normalize(Element.FromScanned(xml, scanner.Outer), limits);
        byte[] memory = StanzaMemory.Rent(xml.Length);
        xml.CopyTo(memory);
        return new Stanza(kind, memory, scanner);
    }

    // A stanza with a prefix of its own, another default namespace, or prefixes from the stream's header is written
    // anew, so that whoever copies its payload finds it like any other. Rare: neither Prosody nor ejabberd sends such
    // stanzas.
    private static Stanza Normalize(Element element, XmlLimits limits)
    {
        // Declaring a namespace on each child again may need more room than the prefix did.
        var output = new BoundedWriter(limits.MaxStanzaBytes);
        element.WriteTo(output, Namespaces.Component);
        return ParseStanza(output.Written, limits);
    }

    private sealed class BoundedWriter(int limit) : IBufferWriter<byte>
    {
        private readonly ArrayBufferWriter<byte> _buffer = new();

        public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

        public void Advance(int count)
        {
            _buffer.Advance(count);
            if (_buffer.WrittenCount > limit)
                throw XmlStreamException.Policy("The stanza is too long when its namespaces are spelt out.");
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => _buffer.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => _buffer.GetSpan(sizeHint);
    }
}
