using System.Buffers;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Stanzas;

/// <summary>
/// Writes XML as UTF-8 into a buffer, without white space, escaping what it is given. The namespace of an element is
/// declared only where it differs from its parent's; the outermost element stands in jabber:component:accept and declares
/// nothing. Attributes are written in single quotes.
/// </summary>
public sealed class StanzaWriter
{
    public StanzaWriter(IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <summary>How many elements are open.</summary>
    public int Depth => throw new NotImplementedException();

    /// <summary>Opens message, presence or iq. Null attributes are left out; id is escaped, rawId is copied as it stands.</summary>
    public void StartStanza(StanzaKind kind, StanzaType type, Jid? from, Jid? to, string? id = null) =>
        throw new NotImplementedException();

    public void StartStanza(StanzaKind kind, StanzaType type, Jid? from, Jid? to, ReadOnlySpan<byte> rawId) =>
        throw new NotImplementedException();

    /// <summary>Opens an element in its parent's namespace.</summary>
    public void StartElement(ReadOnlySpan<byte> name) => throw new NotImplementedException();

    public void StartElement(ReadOnlySpan<byte> name, ReadOnlySpan<byte> ns) => throw new NotImplementedException();

    public void StartElement(string name, string ns) => throw new NotImplementedException();

    /// <summary>Adds an attribute to the element just opened; throws when its content has begun.</summary>
    public void Attribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => throw new NotImplementedException();

    /// <summary>As above; a null value writes nothing.</summary>
    public void Attribute(ReadOnlySpan<byte> name, string? value) => throw new NotImplementedException();

    public void Attribute(ReadOnlySpan<byte> name, Jid? value) => throw new NotImplementedException();

    public void Attribute(ReadOnlySpan<byte> name, long value) => throw new NotImplementedException();

    /// <summary>Copies attributes or namespace declarations as they stand, with their leading space.</summary>
    public void RawAttributes(ReadOnlySpan<byte> xml) => throw new NotImplementedException();

    public void Text(ReadOnlySpan<byte> utf8) => throw new NotImplementedException();

    public void Text(string? text) => throw new NotImplementedException();

    /// <summary>Copies complete elements as they stand. Their default namespace has to be the open element's.</summary>
    public void Raw(ReadOnlySpan<byte> xml) => throw new NotImplementedException();

    public void Element(Element element) => throw new NotImplementedException();

    /// <summary>name with this text and nothing else, in its parent's namespace.</summary>
    public void TextElement(ReadOnlySpan<byte> name, string? text) => throw new NotImplementedException();

    /// <summary>The error element with its conditions (RFC 6120 §8.3.2).</summary>
    public void Error(StanzaError error) => throw new NotImplementedException();

    public void EndElement() => throw new NotImplementedException();

    /// <summary>Closes all that is open.</summary>
    public void EndStanza() => throw new NotImplementedException();
}
