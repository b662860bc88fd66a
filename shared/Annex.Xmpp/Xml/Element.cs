using System.Buffers;

namespace Annex.Xmpp.Xml;

/// <summary>
/// A small tree for the cold paths (forms, disco, configuration). Not for messages on their way to occupants: those stay bytes.
/// Mixed content keeps its order. Not thread-safe while it is built.
/// </summary>
public sealed class Element
{
    public Element(string name, string ns) => throw new NotImplementedException();

    /// <summary>Local name.</summary>
    public string Name => throw new NotImplementedException();

    public string Namespace => throw new NotImplementedException();

    /// <summary>An attribute without namespace, or null; setting null removes it.</summary>
    public string? this[string attribute]
    {
        get => throw new NotImplementedException();
        set => throw new NotImplementedException();
    }

    /// <summary>xml:lang of this very element, or null.</summary>
    public string? Lang { get => throw new NotImplementedException(); set => throw new NotImplementedException(); }

    public IEnumerable<KeyValuePair<string, string>> Attributes => throw new NotImplementedException();

    /// <summary>Child elements in order.</summary>
    public IReadOnlyList<Element> Children => throw new NotImplementedException();

    /// <summary>All character data directly inside, concatenated.</summary>
    public string Text => throw new NotImplementedException();

    /// <summary>Sets an attribute; returns this.</summary>
    public Element With(string attribute, string? value) => throw new NotImplementedException();

    /// <summary>Adds a child; returns this.</summary>
    public Element Add(Element child) => throw new NotImplementedException();

    /// <summary>Adds a new child in this element's namespace with this text; returns this.</summary>
    public Element Add(string name, string? text) => throw new NotImplementedException();

    /// <summary>Adds character data; returns this.</summary>
    public Element AddText(string? text) => throw new NotImplementedException();

    /// <summary>The first child with this name, in this namespace or (null) in this element's own.</summary>
    public Element? Child(string name, string? ns = null) => throw new NotImplementedException();

    public IEnumerable<Element> ChildrenNamed(string name, string? ns = null) => throw new NotImplementedException();

    /// <summary>Removes a child; false where it was none.</summary>
    public bool Remove(Element child) => throw new NotImplementedException();

    public Element Clone() => throw new NotImplementedException();

    /// <summary>Reads one element. The default namespace is that of a component's stream unless the bytes declare another.</summary>
    /// <exception cref="XmlStreamException">Not one well-formed element within the limits.</exception>
    public static Element Parse(ReadOnlySpan<byte> utf8, string defaultNamespace = "jabber:component:accept") =>
        throw new NotImplementedException();

    public static Element Parse(string xml, string defaultNamespace = "jabber:component:accept") =>
        throw new NotImplementedException();

    /// <summary>Writes it; outerNamespace is the default namespace in force where it will stand.</summary>
    public void WriteTo(IBufferWriter<byte> output, string outerNamespace = "") => throw new NotImplementedException();

    /// <summary>The XML, with its namespace declared.</summary>
    public override string ToString() => throw new NotImplementedException();
}
