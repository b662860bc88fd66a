using Annex.Xmpp.Addressing;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Stanzas;

/// <summary>
/// One inbound stanza: the envelope is read, the payload stays bytes. It owns its (pooled) memory: whoever holds it
/// disposes it, once. The dispatcher disposes it after the handler unless the handler called <see cref="Detach"/>.
/// Every span is valid until then.
/// </summary>
public sealed class Stanza : IDisposable
{
    public StanzaKind Kind => throw new NotImplementedException();

    public StanzaType Type => throw new NotImplementedException();

    public Jid? From => throw new NotImplementedException();

    public Jid? To => throw new NotImplementedException();

    /// <summary>The id attribute as it stood on the wire, still escaped: copy it into an attribute as it is. Empty where absent.</summary>
    public ReadOnlySpan<byte> RawId => throw new NotImplementedException();

    /// <summary>The id, unescaped; null where absent.</summary>
    public string? Id => throw new NotImplementedException();

    /// <summary>xml:lang of the stanza as on the wire; empty where absent.</summary>
    public ReadOnlySpan<byte> RawLang => throw new NotImplementedException();

    /// <summary>Local name of the first child element; empty where there is none.</summary>
    public ReadOnlySpan<byte> PayloadName => throw new NotImplementedException();

    /// <summary>Namespace of the first child element, unescaped.</summary>
    public ReadOnlySpan<byte> PayloadNamespace => throw new NotImplementedException();

    /// <summary>All that stands between the stanza's tags, as on the wire. The default namespace is the stream's
    /// (jabber:component:accept); prefixes declared on the stanza's own tag are in <see cref="RawDeclarations"/>.</summary>
    public ReadOnlyMemory<byte> Payload => throw new NotImplementedException();

    /// <summary>The namespace declarations (xmlns:p='…') of the stanza's own tag, as on the wire with a space in front of each;
    /// empty nearly always. Whoever copies <see cref="Payload"/> into another stanza's tag copies these beside it.</summary>
    public ReadOnlySpan<byte> RawDeclarations => throw new NotImplementedException();

    /// <summary>The whole element as on the wire.</summary>
    public ReadOnlyMemory<byte> Raw => throw new NotImplementedException();

    /// <summary>Walks the stanza's children without building a tree.</summary>
    public XmlReader Children => throw new NotImplementedException();

    /// <summary>The whole stanza as a tree, for the cold paths. The tree owns its memory.</summary>
    public Element ToElement() => throw new NotImplementedException();

    /// <summary>The first child with this name and namespace as a tree, or null.</summary>
    public Element? Child(string name, string ns) => throw new NotImplementedException();

    /// <summary>The first child element as a tree, or null.</summary>
    public Element? FirstChild => throw new NotImplementedException();

    /// <summary>Takes the stanza from the dispatcher: the caller owns it from here and disposes it.</summary>
    public Stanza Detach() => throw new NotImplementedException();

    /// <summary>Whether a handler took it. Stays true after the disposal: the dispatcher may ask later than that.</summary>
    internal bool IsDetached => throw new NotImplementedException();

    /// <summary>Reads one stanza from a copy of these bytes, as a connection would; for tests and for stanzas that were kept.</summary>
    /// <exception cref="XmlStreamException">The bytes are no single well-formed stanza.</exception>
    public static Stanza Parse(ReadOnlySpan<byte> utf8) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
