// Hot path
namespace Annex.Xmpp.Xml;

// What is noted on the way for whoever takes the element over. Offsets; a length of -1 says that there is no such
// attribute.
internal sealed partial class XmlScanner
{
    /// <summary>In place of a declaration's index: the prefix xml, a prefix of the stream's header.</summary>
    private const int XmlBinding = -2, OuterBinding = -3;

    /// <summary>The root's local name.</summary>
    public XmlRange RootName { get; private set; }

    public XmlRange From { get; private set; }

    public XmlRange To { get; private set; }

    public XmlRange Id { get; private set; }

    public XmlRange Type { get; private set; }

    public XmlRange Lang { get; private set; }

    /// <summary>The declarations of prefixes on the root, with the white space in front.</summary>
    public XmlRange Declarations { get; private set; }

    /// <summary>The first child's namespace, as on the wire; Length -1: the default namespace outside the
    /// element.</summary>
    public XmlRange ChildNamespace { get; private set; }

    public int ChildNameStart { get; private set; }

    public int ChildNameLength { get; private set; }

    public int ContentStart { get; private set; }

    public int ContentEnd { get; private set; }

    /// <summary>The root stands in jabber:component:accept.</summary>
    public bool IsRootInComponent { get; private set; }

    /// <summary>A prefix is used that only the stream's header declares.</summary>
    public bool UsesOuterPrefix { get; private set; }

    /// <summary>The content cannot be copied beside <see cref="Declarations"/> under jabber:component:accept as it
    /// stands.</summary>
    public bool NeedsNormalizing => UsesOuterPrefix || _isUnusualRoot;

    private bool _isUnusualRoot;

    private void ResetEnvelope()
    {
        UsesOuterPrefix = _isUnusualRoot = IsRootInComponent = false;
        From = To = Id = Type = Lang = Declarations = XmlRange.None;
        ChildNamespace = XmlRange.None;
        ChildNameStart = ChildNameLength = ContentStart = ContentEnd = 0;
    }

    private void CaptureRoot(ReadOnlySpan<byte> data, int pos, bool isEmpty, int binding)
    {
        ContentStart = ContentEnd = pos;
        From = To = Id = Type = Lang = Declarations = ChildNamespace = XmlRange.None;
        int local = _nameColon < 0 ? _nameStart : _nameColon + 1;
        RootName = new XmlRange(local, _nameStart + _nameLength - local);
        int firstDeclaration = -1, lastDeclaration = -1, declarations = 0;
        for (int i = 0; i < _attributeCount; i++)
        {
            ref readonly var slot = ref _attributes[i];
            var range = new XmlRange(slot.ValueStart, slot.ValueLength);
            if (slot.IsDeclaration)
            {
                if (slot.Colon < 0) continue;
                if (declarations++ == 0) firstDeclaration = i;
                lastDeclaration = i;
                continue;
            }

            var name = slot.Name(data);
            if (name.SequenceEqual("to"u8)) To = range;
            else if (name.SequenceEqual("from"u8)) From = range;
            else if (name.SequenceEqual("id"u8)) Id = range;
            else if (name.SequenceEqual("type"u8)) Type = range;
            else if (name.SequenceEqual("xml:lang"u8)) Lang = range;
        }

        if (declarations > 0)
        {
            int start = _attributes[firstDeclaration].NameStart - 1;
            ref readonly var last = ref _attributes[lastDeclaration];
            Declarations = new XmlRange(start, last.ValueStart + last.ValueLength + 1 - start);
        }

        bool isDefaultComponent = IsDefaultComponent(data);
        IsRootInComponent = _nameColon < 0 ? isDefaultComponent
            : UriOf(data, binding, data[_nameStart.._nameColon]).SequenceEqual("jabber:component:accept"u8);
        _isUnusualRoot = _nameColon >= 0 || !isDefaultComponent ||
            (declarations > 0 && lastDeclaration - firstDeclaration + 1 != declarations);
    }

    private bool IsDefaultComponent(ReadOnlySpan<byte> data)
    {
        for (int i = 0; i < _bindingCount; i++)
        {
            if (_bindings[i].PrefixLength == 0)
                return UriOf(data, i, default).SequenceEqual("jabber:component:accept"u8);
        }

        return Outer.IsComponent;
    }

    private void CaptureChild(ReadOnlySpan<byte> data, int binding)
    {
        ChildNameStart = _nameColon < 0 ? _nameStart : _nameColon + 1;
        ChildNameLength = _nameStart + _nameLength - ChildNameStart;
        if (_nameColon < 0)
        {
            binding = _bindingCount - 1;
            while (binding >= 0 && _bindings[binding].PrefixLength != 0) binding--;
        }

        // A prefix of the header or xml: the element is written anew, or nobody asks for its namespace by bytes.
        if (binding >= 0) ChildNamespace = new XmlRange(_bindings[binding].UriStart, _bindings[binding].UriLength);
    }
}
