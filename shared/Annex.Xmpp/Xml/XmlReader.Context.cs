// Hot path
using System.Buffers;

namespace Annex.Xmpp.Xml;

// What an element inherits from further out.
public ref partial struct XmlReader
{
    /// <summary>The namespace of a prefix (empty: the default namespace) at the current element, or, where there is
    /// none, in the level that was entered last.</summary>
    internal readonly ReadOnlySpan<byte> Resolve(ReadOnlySpan<byte> prefix)
    {
        if (_tag >= 0 && TryFindDeclaration(_tag, prefix, out var raw)) return XmlText.UnescapeAttribute(raw);
        int binding = FindBinding(prefix);
        if (binding >= 0) return XmlText.UnescapeAttribute(BindingAt(binding).Value(_xml));
        if (prefix.IsEmpty) return _outer is null ? default : _outer.DefaultNamespace;
        if (prefix.SequenceEqual("xml"u8)) return "http://www.w3.org/XML/1998/namespace"u8;
        return _outer is not null && _outer.TryResolve(prefix, out var uri) ? uri : default;
    }

    private readonly bool TryFindDeclaration(int tag, ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> value)
    {
        if (prefix.IsEmpty) return TryFind(tag, "xmlns"u8, out value);
        var attributes = new XmlAttributes(_xml[tag..]);
        while (attributes.MoveNext())
        {
            var name = attributes.Name;
            if (!name.StartsWith("xmlns:"u8) || !name[6..].SequenceEqual(prefix)) continue;
            value = attributes.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Copies the current element with every prefix, default namespace and xml:lang that it inherits from
    /// further out, so that it means the same wherever it is put; moves on.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="defaultNamespaceThere">The default namespace in force there, unescaped.</param>
    public void CopyWithContext(IBufferWriter<byte> output, ReadOnlySpan<byte> defaultNamespaceThere)
    {
        if (_tag < 0) throw new InvalidOperationException("There is no current element to copy.");
        var element = Outer;
        output.Write(element[..(_nameLength + 1)]);
        CopyDefaultNamespace(output, defaultNamespaceThere);
        CopyPrefixes(output, element);
        if (!TryFind(_tag, "xml:lang"u8, out _) && RawLang is { IsEmpty: false } lang)
            WriteRaw(output, " xml:lang"u8, lang);
        output.Write(element[(_nameLength + 1)..]);
        Skip();
    }

    private readonly void CopyDefaultNamespace(IBufferWriter<byte> output, ReadOnlySpan<byte> there)
    {
        if (TryFind(_tag, "xmlns"u8, out _)) return;
        int binding = FindBinding(default);
        if (binding >= 0)
        {
            var raw = BindingAt(binding).Value(_xml);
            if (!XmlText.UnescapeAttribute(raw).SequenceEqual(there)) WriteRaw(output, " xmlns"u8, raw);
            return;
        }

        var outer = _outer is null ? default : _outer.DefaultNamespace.AsSpan();
        if (outer.SequenceEqual(there)) return;
        output.Write(" xmlns='"u8);
        XmlEscape.Attribute(output, outer);
        output.Write("'"u8);
    }

    // The declarations of the elements around this one, except those that are declared again further in, here included.
    private readonly void CopyPrefixes(IBufferWriter<byte> output, ReadOnlySpan<byte> element)
    {
        for (int i = _bindingCount - 1; i >= 0; i--)
        {
            var prefix = BindingAt(i).Prefix(_xml);
            // The bytes "prefix:" stand in every element that uses it; where they stand by chance a declaration too
            // many is harmless.
            if (prefix.IsEmpty || FindBinding(prefix) != i || !Mentions(element, prefix) ||
                TryFindDeclaration(_tag, prefix, out _)) continue;
            output.Write(" xmlns:"u8);
            WriteRaw(output, prefix, BindingAt(i).Value(_xml));
        }
    }

    // From colon to colon: however prefix and element are made, each byte is looked at once or twice.
    private static bool Mentions(ReadOnlySpan<byte> element, ReadOnlySpan<byte> prefix)
    {
        for (int from = 0, i; (i = element[from..].IndexOf((byte)':')) >= 0; from += i + 1)
        {
            if (element[..(from + i)].EndsWith(prefix)) return true;
        }

        return false;
    }

    // A value as on the wire may hold either quote, but not both unescaped.
    private static void WriteRaw(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> rawValue)
    {
        output.Write(name);
        var quote = rawValue.Contains((byte)'\'') ? "\""u8 : "'"u8;
        output.Write("="u8);
        output.Write(quote);
        output.Write(rawValue);
        output.Write(quote);
    }
}
