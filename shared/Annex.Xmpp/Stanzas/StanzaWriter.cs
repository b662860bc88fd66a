// Hot path
using System.Buffers;
using System.Buffers.Text;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Stanzas;

/// <summary>
/// Writes XML as UTF-8 into a buffer, without white space, escaping what it is given. The namespace of an element is
/// declared only where it differs from its parent's; the outermost element stands in jabber:component:accept and
/// declares nothing. Attributes are written in single quotes. A character that XML cannot hold is written as U+FFFD.
/// </summary>
public sealed partial class StanzaWriter
{
    private readonly IBufferWriter<byte> _output;

    // Names and namespaces of the open elements, one after the other.
    private byte[] _words = new byte[512];
    private Open[] _open = new Open[16];
    private int _wordsLength;
    private int _depth;
    private bool _isTagOpen;

    public StanzaWriter(IBufferWriter<byte> output) => _output = output;

    private struct Open
    {
        public int Name;
        public int NameLength;
        public int Namespace;
        public int NamespaceLength;
    }

    /// <summary>How many elements are open.</summary>
    public int Depth => _depth;

    /// <summary>Forgets what is open, after the caller took back what was written.</summary>
    public void Reset()
    {
        _depth = _wordsLength = 0;
        _isTagOpen = false;
    }

    /// <summary>Opens message, presence or iq. Null attributes are left out; id is escaped, rawId is copied as it
    /// stands.</summary>
    public void StartStanza(StanzaKind kind, StanzaType type, Jid? from, Jid? to, string? id = null)
    {
        StartStanza(kind, type, from, to, default(ReadOnlySpan<byte>));
        if (id is not null) Attribute("id"u8, id);
    }

    public void StartStanza(StanzaKind kind, StanzaType type, Jid? from, Jid? to, ReadOnlySpan<byte> rawId)
    {
        var name = StanzaWords.NameOf(kind);
        StartElement(name);
        // The head of every delivery: one span of the output for all of it, less the name.
        var typeWord = StanzaWords.WordOf(type);
        ReadOnlySpan<byte> fromText = from is null ? default : from.Escaped;
        ReadOnlySpan<byte> toText = to is null ? default : to.Escaped;
        var span = _output.GetSpan(40 + typeWord.Length + fromText.Length + toText.Length + rawId.Length);
        int n = 0;
        if (!typeWord.IsEmpty) Put(span, ref n, " type='"u8, typeWord);
        if (from is not null) Put(span, ref n, " from='"u8, fromText);
        if (to is not null) Put(span, ref n, " to='"u8, toText);
        if (!rawId.IsEmpty) PutRawId(span, ref n, rawId);
        _output.Advance(n);
    }

    private static void PutRawId(Span<byte> span, ref int n, ReadOnlySpan<byte> rawId)
    {
        // Where the sender quoted with ", an apostrophe may stand in the value as it is.
        if (!rawId.Contains((byte)'\''))
        {
            Put(span, ref n, " id='"u8, rawId);
            return;
        }

        Put(span, ref n, " id=\""u8, rawId);
        span[n - 1] = (byte)'"';
    }

    private static void Put(Span<byte> span, ref int n, ReadOnlySpan<byte> start, ReadOnlySpan<byte> value)
    {
        start.CopyTo(span[n..]);
        n += start.Length;
        value.CopyTo(span[n..]);
        n += value.Length;
        span[n++] = (byte)'\'';
    }

    /// <summary>Opens an element in its parent's namespace.</summary>
    public void StartElement(ReadOnlySpan<byte> name)
    {
        Begin(name);
        if (_depth == 0)
        {
            Push(name, "jabber:component:accept"u8);
            return;
        }

        ref readonly var parent = ref _open[_depth - 1];
        Push(name, parent.Namespace, parent.NamespaceLength);
    }

    public void StartElement(ReadOnlySpan<byte> name, ReadOnlySpan<byte> ns)
    {
        if (ns.SequenceEqual(OpenNamespace))
        {
            StartElement(name);
            return;
        }

        Begin(name);
        Push(name, ns);
        Attribute("xmlns"u8, ns);
    }

    public void StartElement(string name, string ns)
    {
        Span<byte> room = stackalloc byte[256];
        StartElement(Utf8(name, room[..64]), Utf8(ns, room[64..]));
    }

    /// <summary>Adds an attribute to the element just opened; throws when its content has begun.</summary>
    public void Attribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        BeginAttribute(name);
        XmlEscape.Attribute(_output, value);
        Write("'"u8);
    }

    /// <summary>As above; a null value writes nothing.</summary>
    public void Attribute(ReadOnlySpan<byte> name, string? value)
    {
        if (value is null) return;
        BeginAttribute(name);
        XmlEscape.Attribute(_output, value.AsSpan());
        Write("'"u8);
    }

    public void Attribute(ReadOnlySpan<byte> name, Jid? value)
    {
        if (value is null) return;
        BeginAttribute(name);
        Write(value.Escaped);
        Write("'"u8);
    }

    public void Attribute(ReadOnlySpan<byte> name, long value)
    {
        BeginAttribute(name);
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int length);
        Write(digits[..length]);
        Write("'"u8);
    }

    /// <summary>An attribute whose value is copied as it stood on the wire, still escaped.</summary>
    public void RawAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> rawValue)
    {
        BeginAttribute(name, rawValue.Contains((byte)'\'') ? "=\""u8 : "='"u8);
        Write(rawValue);
        Write(rawValue.Contains((byte)'\'') ? "\""u8 : "'"u8);
    }

    /// <summary>Copies attributes or namespace declarations as they stand, with their leading space.</summary>
    public void RawAttributes(ReadOnlySpan<byte> xml)
    {
        RequireOpenTag();
        Write(xml);
    }

    public void Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return;
        CloseTag();
        XmlEscape.Text(_output, utf8);
    }

    public void Text(string? text)
    {
        if (string.IsNullOrEmpty(text)) return;
        CloseTag();
        XmlEscape.Text(_output, text.AsSpan());
    }

    /// <summary>Copies complete elements as they stand. Their default namespace has to be the open element's.</summary>
    public void Raw(ReadOnlySpan<byte> xml)
    {
        if (xml.IsEmpty) return;
        if (!_isTagOpen)
        {
            Write(xml);
            return;
        }

        _isTagOpen = false;
        var span = _output.GetSpan(xml.Length + 1);
        span[0] = (byte)'>';
        xml.CopyTo(span[1..]);
        _output.Advance(xml.Length + 1);
    }

    public void EndElement()
    {
        if (_depth == 0) throw new InvalidOperationException("No element is open.");
        ref readonly var open = ref _open[--_depth];
        _wordsLength = open.Name;
        if (_isTagOpen)
        {
            _isTagOpen = false;
            Write("/>"u8);
            return;
        }

        var span = _output.GetSpan(open.NameLength + 3);
        span[0] = (byte)'<';
        span[1] = (byte)'/';
        _words.AsSpan(open.Name, open.NameLength).CopyTo(span[2..]);
        span[open.NameLength + 2] = (byte)'>';
        _output.Advance(open.NameLength + 3);
    }

    /// <summary>Closes all that is open.</summary>
    public void EndStanza()
    {
        while (_depth > 0) EndElement();
    }
}
