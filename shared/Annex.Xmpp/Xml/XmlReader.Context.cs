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
        for (int i = _depth - 1; i >= 0; i--)
        {
            if (TryFindDeclaration(TagOf(i), prefix, out raw)) return XmlText.UnescapeAttribute(raw);
        }

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
        for (int i = _depth - 1; i >= 0; i--) CopyPrefixes(output, element, i);
        if (!TryFind(_tag, "xml:lang"u8, out _) && RawLang is { IsEmpty: false } lang)
            WriteRaw(output, " xml:lang"u8, lang);
        output.Write(element[(_nameLength + 1)..]);
        Skip();
    }

    private readonly void CopyDefaultNamespace(IBufferWriter<byte> output, ReadOnlySpan<byte> there)
    {
        if (TryFind(_tag, "xmlns"u8, out _)) return;
        for (int i = _depth - 1; i >= 0; i--)
        {
            if (!TryFind(TagOf(i), "xmlns"u8, out var raw)) continue;
            if (!XmlText.UnescapeAttribute(raw).SequenceEqual(there)) WriteRaw(output, " xmlns"u8, raw);
            return;
        }

        var outer = _outer is null ? default : _outer.DefaultNamespace.AsSpan();
        if (outer.SequenceEqual(there)) return;
        output.Write(" xmlns='"u8);
        XmlEscape.Attribute(output, outer);
        output.Write("'"u8);
    }

    // The declarations of one element around this one, except those that are declared again further in, here included.
    private readonly void CopyPrefixes(IBufferWriter<byte> output, ReadOnlySpan<byte> element, int level)
    {
        var attributes = new XmlAttributes(_xml[TagOf(level)..]);
        while (attributes.MoveNext())
        {
            var name = attributes.Name;
            if (!name.StartsWith("xmlns:"u8)) continue;
            var prefix = name[6..];
            // The bytes "prefix:" stand in every element that uses it; where they stand by chance a declaration too
            // many is harmless.
            if (!Mentions(element, prefix) || TryFindDeclaration(_tag, prefix, out _)) continue;
            bool isHidden = false;
            for (int i = level + 1; i < _depth && !isHidden; i++)
                isHidden = TryFindDeclaration(TagOf(i), prefix, out _);
            if (isHidden) continue;
            output.Write(" "u8);
            WriteRaw(output, name, attributes.Value);
        }
    }

    private static bool Mentions(ReadOnlySpan<byte> element, ReadOnlySpan<byte> prefix)
    {
        while (true)
        {
            int i = element.IndexOf(prefix);
            if (i < 0 || i + prefix.Length >= element.Length) return false;
            if (element[i + prefix.Length] == (byte)':') return true;
            element = element[(i + 1)..];
        }
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
