using System.Buffers;
using System.Text;

namespace Annex.Xmpp.Xml;

/// <summary>
/// A small tree for the cold paths (forms, disco, configuration). Not for messages on their way to occupants: those
/// stay bytes. Mixed content keeps its order. Not thread-safe while it is built.
/// </summary>
public sealed partial class Element
{
    // Elements and strings in document order; two strings never stand side by side.
    private readonly List<object> _content = [];
    private readonly List<Element> _children = [];
    private List<(string Namespace, string Name, string Value)>? _attributes;

    /// <exception cref="ArgumentException">The name is no name of XML (a colon is not allowed in it).</exception>
    public Element(string name, string ns)
        : this(name, ns, isChecked: true)
    {
    }

    private Element(string name, string ns, bool isChecked)
    {
        if (isChecked) CheckName(name);
        ArgumentNullException.ThrowIfNull(ns);
        Name = name;
        Namespace = ns;
    }

    /// <summary>Local name.</summary>
    public string Name { get; }

    public string Namespace { get; }

    /// <summary>An attribute without namespace, or null; setting null removes it.</summary>
    public string? this[string attribute]
    {
        get => Get("", attribute);
        set => Set("", attribute, value);
    }

    /// <summary>xml:lang of this very element, or null.</summary>
    public string? Lang
    {
        get => Get(Stanzas.Namespaces.Xml, "lang");
        set => Set(Stanzas.Namespaces.Xml, "lang", value);
    }

    /// <summary>The attributes without namespace, in order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Attributes =>
        _attributes is null ? []
            : _attributes.Where(a => a.Namespace.Length == 0).Select(a => KeyValuePair.Create(a.Name, a.Value));

    /// <summary>Child elements in order.</summary>
    public IReadOnlyList<Element> Children => _children;

    /// <summary>All character data directly inside, concatenated.</summary>
    public string Text => _content.Count switch
    {
        0 => "",
        1 => _content[0] as string ?? "",
        _ => string.Concat(_content.OfType<string>()),
    };

    /// <summary>Sets an attribute; returns this.</summary>
    public Element With(string attribute, string? value)
    {
        Set("", attribute, value);
        return this;
    }

    /// <summary>Adds a child; returns this. The child is held, not copied.</summary>
    public Element Add(Element child)
    {
        ArgumentNullException.ThrowIfNull(child);
        _content.Add(child);
        _children.Add(child);
        return this;
    }

    /// <summary>Adds a new child in this element's namespace with this text; returns this.</summary>
    public Element Add(string name, string? text) => Add(new Element(name, Namespace).AddText(text));

    /// <summary>Adds character data; returns this.</summary>
    public Element AddText(string? text)
    {
        if (string.IsNullOrEmpty(text)) return this;
        if (_content.Count > 0 && _content[^1] is string last) _content[^1] = last + text;
        else _content.Add(text);
        return this;
    }

    /// <summary>The first child with this name, in this namespace or (null) in this element's own.</summary>
    public Element? Child(string name, string? ns = null)
    {
        ns ??= Namespace;
        foreach (var child in _children)
        {
            if (child.Name == name && child.Namespace == ns) return child;
        }

        return null;
    }

    public IEnumerable<Element> ChildrenNamed(string name, string? ns = null)
    {
        ns ??= Namespace;
        return _children.Where(c => c.Name == name && c.Namespace == ns);
    }

    /// <summary>Removes a child; false where it was none.</summary>
    public bool Remove(Element child)
    {
        int i = _children.FindIndex(c => ReferenceEquals(c, child));
        if (i < 0) return false;
        _children.RemoveAt(i);
        int at = _content.FindIndex(c => ReferenceEquals(c, child));
        _content.RemoveAt(at);
        if (at > 0 && at < _content.Count && _content[at - 1] is string before && _content[at] is string after)
        {
            _content[at - 1] = before + after;
            _content.RemoveAt(at);
        }

        return true;
    }

    /// <summary>A copy that shares nothing that can change.</summary>
    public Element Clone()
    {
        var copy = new Element(Name, Namespace, isChecked: false);
        if (_attributes is not null) copy._attributes = [.. _attributes];
        foreach (object item in _content)
        {
            if (item is Element child) copy.Add(child.Clone());
            else copy._content.Add(item);
        }

        return copy;
    }

    /// <summary>Reads one element. The default namespace is that of a component's stream unless the bytes declare
    /// another.</summary>
    /// <exception cref="XmlStreamException">Not one well-formed element within the limits.</exception>
    public static Element Parse(ReadOnlySpan<byte> utf8, string defaultNamespace = "jabber:component:accept") =>
        Parse(utf8, XmlOuterContext.For(defaultNamespace), XmlLimits.Default);

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte}, string)"/>
    public static Element Parse(string xml, string defaultNamespace = "jabber:component:accept") =>
        Parse(Encoding.UTF8.GetBytes(xml), defaultNamespace);

    /// <summary>Writes it; outerNamespace is the default namespace in force where it will stand.</summary>
    public void WriteTo(IBufferWriter<byte> output, string outerNamespace = "")
    {
        // Namespaces in XML 1.0 §3: the namespace of xml: is never declared as a default.
        bool isXml = Namespace == Stanzas.Namespaces.Xml;
        string inside = isXml ? outerNamespace : Namespace;
        output.Write(isXml ? "<xml:"u8 : "<"u8);
        WriteName(output, Name);
        if (inside != outerNamespace) WriteAttribute(output, "xmlns", Namespace);
        WriteAttributes(output);
        if (_content.Count == 0)
        {
            output.Write("/>"u8);
            return;
        }

        output.Write(">"u8);
        foreach (object item in _content)
        {
            if (item is Element child) child.WriteTo(output, inside);
            else XmlEscape.Text(output, (string)item);
        }

        output.Write(isXml ? "</xml:"u8 : "</"u8);
        WriteName(output, Name);
        output.Write(">"u8);
    }

    /// <summary>The XML, with its namespace declared.</summary>
    public override string ToString()
    {
        var output = new ArrayBufferWriter<byte>();
        WriteTo(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
