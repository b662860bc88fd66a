// Hot path
namespace Annex.Xmpp.Xml;

// Tags: attributes, namespaces, and what an envelope needs to know of the first two levels.
internal sealed partial class XmlScanner
{
    // What a deep, excessive element needed is not kept for the others.
    private const int MostOpenKept = 1024;

    private XmlAttributeSlot[] _attributes = new XmlAttributeSlot[8];
    private OpenTag[] _open = new OpenTag[8];
    private Binding[] _bindings = new Binding[8];
    private int _attributeCount;
    private int _bindingCount;
    private int _nameStart;
    private int _nameLength;
    private int _nameColon;
    private bool _hasDeclarations;
    private int _prefixedAttributes;

    private struct OpenTag
    {
        public int NameStart;
        public int NameLength;
        public int OuterBindings;
    }

    private struct Binding
    {
        public int PrefixStart;
        public int PrefixLength; // 0: the default namespace
        public int UriStart;
        public int UriLength;
        public int UriHash; // 0: not needed yet
    }

    /// <summary>What the stream's header declared; found where the element itself declares nothing.</summary>
    public XmlOuterContext Outer { get; set; } = XmlOuterContext.Component;

    /// <summary>The attributes of the tag read last.</summary>
    public ReadOnlySpan<XmlAttributeSlot> Attributes => _attributes.AsSpan(0, _attributeCount);

    private void StartTag(ReadOnlySpan<byte> data, int pos)
    {
        _nameStart = _token;
        _nameLength = pos - _token;
        _nameColon = _colon;
        _attributeCount = 0;
        _prefixedAttributes = 0;
        _hasDeclarations = false;
    }

    private void StartAttribute(ReadOnlySpan<byte> data, int pos)
    {
        if (_attributeCount == _limits.MaxAttributes)
        {
            Exceed("Too many attributes.");
            _attributeCount--;
        }

        if (_attributeCount == _attributes.Length) Array.Resize(ref _attributes, _attributeCount * 2);
        ref var slot = ref _attributes[_attributeCount];
        slot.NameStart = _token;
        slot.NameLength = pos - _token;
        slot.Colon = _colon;
        var name = data[_token..pos];
        slot.IsDeclaration = name.Length >= 5 && name[0] == (byte)'x' && name.StartsWith("xmlns"u8) &&
            (name.Length == 5 || name[5] == Colon);
        if (slot.IsDeclaration) _hasDeclarations = true;
        else if (_colon >= 0) _prefixedAttributes++;
    }

    private void EndAttribute(int end)
    {
        ref var slot = ref _attributes[_attributeCount++];
        slot.ValueStart = _valueStart;
        slot.ValueLength = end - _valueStart;
    }

    private void OpenElement(ReadOnlySpan<byte> data, int pos, bool isEmpty)
    {
        int outer = _bindingCount;
        if (_depth == _limits.MaxDepth) Exceed("Elements are nested too deeply.");
        if (!IsExcessive) Understand(data, pos, isEmpty);

        if (isEmpty)
        {
            _bindingCount = outer;
            return;
        }

        if (_depth == _open.Length) Array.Resize(ref _open, _depth * 2);
        ref var open = ref _open[_depth++];
        open.NameStart = _nameStart;
        open.NameLength = _nameLength;
        open.OuterBindings = outer;
    }

    private void Understand(ReadOnlySpan<byte> data, int pos, bool isEmpty)
    {
        if (_attributeCount > 1) CheckUnique(data);
        if (_hasDeclarations) Declare(data);
        if (IsExcessive) return;
        int binding = _nameColon < 0 ? -1 : Resolve(data, data[_nameStart.._nameColon]);
        if (_prefixedAttributes > 0) CheckPrefixedAttributes(data);
        if (_depth == 0) CaptureRoot(data, pos, isEmpty, binding);
        else if (_depth == 1 && ChildNameLength == 0) CaptureChild(data, binding);
    }

    private void Exceed(string message)
    {
        if (!_toleratesExcess) throw XmlStreamException.Policy(message);
        IsExcessive = true;
    }

    private void CloseElement()
    {
        _bindingCount = _open[--_depth].OuterBindings;
        if (_depth == 0) ContentEnd = _token - 2;
    }

    private void CheckUnique(ReadOnlySpan<byte> data)
    {
        for (int i = 1; i < _attributeCount; i++)
        {
            ref readonly var slot = ref _attributes[i];
            var name = data.Slice(slot.NameStart, slot.NameLength);
            for (int j = 0; j < i; j++)
            {
                if (_attributes[j].NameLength == name.Length &&
                    data.Slice(_attributes[j].NameStart, name.Length).SequenceEqual(name))
                    throw XmlStreamException.NotWellFormed("An attribute stands twice in one tag.");
            }
        }
    }

    private void Declare(ReadOnlySpan<byte> data)
    {
        for (int i = 0; i < _attributeCount; i++)
        {
            ref readonly var slot = ref _attributes[i];
            if (!slot.IsDeclaration) continue;
            var prefix = slot.Colon < 0 ? default : data[(slot.Colon + 1)..(slot.NameStart + slot.NameLength)];
            var uri = data.Slice(slot.ValueStart, slot.ValueLength);
            if (uri.Length > _limits.MaxNamespaceBytes) Exceed("A namespace name is too long.");
            if (_bindingCount == _limits.MaxNamespaces) Exceed("Too many namespaces.");
            if (IsExcessive) return;
            CheckDeclaration(prefix, uri.Contains(Amp) ? XmlText.UnescapeAttribute(uri) : uri);
            if (_bindingCount == _bindings.Length) Array.Resize(ref _bindings, _bindingCount * 2);
            ref var binding = ref _bindings[_bindingCount++];
            binding.PrefixStart = slot.Colon + 1;
            binding.PrefixLength = prefix.Length;
            binding.UriStart = slot.ValueStart;
            binding.UriLength = slot.ValueLength;
            binding.UriHash = 0;
        }
    }

    // Namespaces in XML 1.0 §3: xml means one thing only, xmlns is never declared, a prefix is never undeclared.
    private static void CheckDeclaration(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> uri)
    {
        bool isXml = uri.SequenceEqual("http://www.w3.org/XML/1998/namespace"u8);
        bool ok = prefix.SequenceEqual("xml"u8) ? isXml
            : !isXml && !prefix.SequenceEqual("xmlns"u8) && !uri.SequenceEqual("http://www.w3.org/2000/xmlns/"u8) &&
              (prefix.IsEmpty || !uri.IsEmpty);
        if (!ok) throw XmlStreamException.NotWellFormed("A namespace declaration that namespaces in XML forbid.");
    }

    // The index of the declaration in force; OuterBinding or XmlBinding where it is the stream's or built in.
    private int Resolve(ReadOnlySpan<byte> data, ReadOnlySpan<byte> prefix)
    {
        for (int i = _bindingCount - 1; i >= 0; i--)
        {
            ref readonly var b = ref _bindings[i];
            if (b.PrefixLength == prefix.Length &&
                data.Slice(b.PrefixStart, b.PrefixLength).SequenceEqual(prefix)) return i;
        }

        if (prefix.SequenceEqual("xml"u8)) return XmlBinding;
        if (prefix.SequenceEqual("xmlns"u8) || !Outer.TryResolve(prefix, out _))
            throw XmlStreamException.NotWellFormed("A prefix that is bound to no namespace.");
        UsesOuterPrefix = true;
        return OuterBinding;
    }

    // Each prefix is looked up once and each pair of names compared once: a tag full of attributes costs no more than the limits
    // on attributes and namespaces multiplied, and a stanza full of such tags milliseconds.
    private void CheckPrefixedAttributes(ReadOnlySpan<byte> data)
    {
        for (int i = 0; i < _attributeCount; i++)
        {
            ref var slot = ref _attributes[i];
            if (slot.Colon < 0 || slot.IsDeclaration) continue;
            int binding = Resolve(data, data[slot.NameStart..slot.Colon]);
            if (_prefixedAttributes < 2) return;
            slot.NamespaceHash = HashOf(data, binding, data[slot.NameStart..slot.Colon]);
            for (int j = 0; j < i; j++)
            {
                ref readonly var other = ref _attributes[j];
                if (other.Colon >= 0 && !other.IsDeclaration && other.NamespaceHash == slot.NamespaceHash &&
                    LocalName(data, other).SequenceEqual(LocalName(data, slot)) && IsSameNamespace(data, slot, other))
                    throw XmlStreamException.NotWellFormed("An attribute stands twice in one tag, under two prefixes.");
            }
        }
    }

    private static ReadOnlySpan<byte> LocalName(ReadOnlySpan<byte> data, in XmlAttributeSlot slot) =>
        data[(slot.Colon + 1)..(slot.NameStart + slot.NameLength)];

    // Namespaces in XML 1.0 §6.3: two prefixes for one namespace must not hide a double attribute.
    private bool IsSameNamespace(ReadOnlySpan<byte> data, in XmlAttributeSlot one, in XmlAttributeSlot other)
    {
        var (first, second) = (new XmlRange(one.NameStart, one.Colon - one.NameStart), new XmlRange(other.NameStart, other.Colon - other.NameStart));
        return UriOf(data, Resolve(data, first.Of(data)), first.Of(data))
            .SequenceEqual(UriOf(data, Resolve(data, second.Of(data)), second.Of(data)));
    }

    private int HashOf(ReadOnlySpan<byte> data, int binding, ReadOnlySpan<byte> prefix)
    {
        if (binding >= 0 && _bindings[binding].UriHash != 0) return _bindings[binding].UriHash;
        var hash = new HashCode();
        hash.AddBytes(UriOf(data, binding, prefix));
        int value = hash.ToHashCode() | 1; // never 0, which says that it was not computed yet
        if (binding >= 0) _bindings[binding].UriHash = value;
        return value;
    }

    private ReadOnlySpan<byte> UriOf(ReadOnlySpan<byte> data, int binding, ReadOnlySpan<byte> prefix)
    {
        if (binding == XmlBinding) return "http://www.w3.org/XML/1998/namespace"u8;
        if (binding == OuterBinding) return Outer.TryResolve(prefix, out var outer) ? outer : default;
        return XmlText.UnescapeAttribute(data.Slice(_bindings[binding].UriStart, _bindings[binding].UriLength));
    }
}
