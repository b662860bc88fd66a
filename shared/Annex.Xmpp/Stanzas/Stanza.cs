// Hot path
using System.Text;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Stanzas;

/// <summary>
/// One inbound stanza: the envelope is read, the payload stays bytes. It owns its (pooled) memory: whoever holds it
/// disposes it, once. The dispatcher disposes it after the handler unless the handler called <see cref="Detach"/>.
/// Every span is valid until then; kind, type and addresses stay.
/// </summary>
public sealed class Stanza : IDisposable
{
    private readonly int _length;
    private readonly XmlRange _id;
    private readonly XmlRange _lang;
    private readonly XmlRange _declarations;
    private readonly XmlRange _childNamespace;
    private readonly int _childName;
    private readonly int _childNameLength;
    private readonly int _contentStart;
    private readonly int _contentEnd;
    private byte[]? _memory;

    // The memory is this stanza's from here on.
    internal Stanza(StanzaKind kind, byte[] memory, XmlScanner scanner)
    {
        _memory = memory;
        _length = scanner.End;
        var xml = memory.AsSpan(0, _length);
        Kind = kind;
        Type = StanzaWords.TypeOf(kind, scanner.Type.Exists, scanner.Type.Of(xml));
        if (scanner.From.Exists) From = Jid.FromServer(XmlText.UnescapeAttribute(scanner.From.Of(xml)));
        if (scanner.To.Exists) To = Jid.FromServer(XmlText.UnescapeAttribute(scanner.To.Of(xml)));
        _id = scanner.Id;
        _lang = scanner.Lang;
        _declarations = scanner.Declarations;
        _childNamespace = scanner.ChildNamespace;
        _childName = scanner.ChildNameStart;
        _childNameLength = scanner.ChildNameLength;
        _contentStart = scanner.ContentStart;
        _contentEnd = scanner.ContentEnd;
    }

    public StanzaKind Kind { get; }

    public StanzaType Type { get; }

    public Jid? From { get; }

    public Jid? To { get; }

    /// <summary>The id attribute as it stood on the wire, still escaped: copy it into an attribute as it is. Empty
    /// where absent.</summary>
    public ReadOnlySpan<byte> RawId => _id.Of(Xml);

    /// <summary>The id, unescaped; null where absent.</summary>
    public string? Id => _id.Exists ? Encoding.UTF8.GetString(XmlText.UnescapeAttribute(_id.Of(Xml))) : null;

    /// <summary>xml:lang of the stanza as on the wire; empty where absent.</summary>
    public ReadOnlySpan<byte> RawLang => _lang.Of(Xml);

    /// <summary>Local name of the first child element; empty where there is none.</summary>
    public ReadOnlySpan<byte> PayloadName => Xml.Slice(_childName, _childNameLength);

    /// <summary>Namespace of the first child element, unescaped.</summary>
    public ReadOnlySpan<byte> PayloadNamespace =>
        _childNamespace.Exists ? XmlText.UnescapeAttribute(_childNamespace.Of(Xml))
        : _childNameLength > 0 ? "jabber:component:accept"u8 : default;

    /// <summary>All that stands between the stanza's tags, as on the wire. The default namespace is the stream's
    /// (jabber:component:accept); prefixes declared on the stanza's own tag are in <see
    /// cref="RawDeclarations"/>.</summary>
    public ReadOnlyMemory<byte> Payload => Memory.AsMemory(_contentStart, _contentEnd - _contentStart);

    /// <summary>The namespace declarations (xmlns:p='…') of the stanza's own tag, as on the wire with a space in front
    /// of each; empty nearly always. Whoever copies <see cref="Payload"/> into another stanza's tag copies these beside
    /// it.</summary>
    public ReadOnlySpan<byte> RawDeclarations => _declarations.Of(Xml);

    /// <summary>The whole element as on the wire.</summary>
    public ReadOnlyMemory<byte> Raw => Memory.AsMemory(0, _length);

    /// <summary>Walks the stanza's children without building a tree.</summary>
    public XmlReader Children
    {
        get
        {
            var reader = new XmlReader(Xml, XmlOuterContext.Component);
            reader.ReadElement();
            reader.Enter();
            return reader;
        }
    }

    /// <summary>The whole stanza as a tree, for the cold paths. The tree owns its memory.</summary>
    public Element ToElement() => Element.FromScanned(Xml, XmlOuterContext.Component);

    /// <summary>The first child with this name and namespace as a tree, or null.</summary>
    public Element? Child(string name, string ns)
    {
        Span<byte> room = stackalloc byte[256];
        var nameBytes = Utf8(name, room[..64]);
        var nsBytes = Utf8(ns, room[64..]);
        var reader = Children;
        while (reader.ReadElement())
        {
            if (reader.Is(nameBytes, nsBytes)) return reader.ReadTree();
        }

        return null;
    }

    /// <summary>The first child element as a tree, or null.</summary>
    public Element? FirstChild
    {
        get
        {
            var reader = Children;
            return reader.ReadElement() ? reader.ReadTree() : null;
        }
    }

    /// <summary>Takes the stanza from the dispatcher: the caller owns it from here and disposes it.</summary>
    public Stanza Detach()
    {
        _ = Memory;
        IsDetached = true;
        return this;
    }

    /// <summary>Whether a handler took it. Stays true after the disposal: the dispatcher may ask later than
    /// that.</summary>
    internal bool IsDetached { get; private set; }

    /// <summary>Reads one stanza from a copy of these bytes, as a connection would; for tests and for stanzas that were
    /// kept.</summary>
    /// <exception cref="XmlStreamException">The bytes are no single well-formed stanza.</exception>
    public static Stanza Parse(ReadOnlySpan<byte> utf8) => StanzaFramer.ParseStanza(utf8, XmlLimits.Default);

    /// <summary>Gives the memory back. Where it is poisoned (tests) a second call throws, elsewhere it does
    /// nothing.</summary>
    public void Dispose()
    {
        byte[]? memory = Interlocked.Exchange(ref _memory, null);
        if (memory is not null) StanzaMemory.Return(memory);
        else if (StanzaMemory.IsPoisoned)
            throw new ObjectDisposedException(nameof(Stanza), "A stanza was disposed twice.");
    }

    private byte[] Memory => _memory ?? throw new ObjectDisposedException(nameof(Stanza));

    private ReadOnlySpan<byte> Xml => Memory.AsSpan(0, _length);

    private static ReadOnlySpan<byte> Utf8(string text, Span<byte> room) =>
        Encoding.UTF8.TryGetBytes(text, room, out int written) ? room[..written] : Encoding.UTF8.GetBytes(text);
}
