namespace Annex.Xmpp.Xml;

/// <summary>
/// Walks the elements of one framed (hence well-formed) piece of XML without allocating: namespace-correct, forward only.
/// <code>
/// var reader = stanza.Children;
/// while (reader.ReadElement()) { if (reader.Is("body"u8, ns)) text = reader.ReadText(); else reader.Skip(); }
/// </code>
/// </summary>
public ref struct XmlReader
{
    /// <summary>Moves to the next element inside the current level (siblings); false at its end. An element that was neither
    /// entered nor skipped is skipped.</summary>
    public bool ReadElement() => throw new NotImplementedException();

    /// <summary>Goes into the current element: the next <see cref="ReadElement"/> reads its children, until <see cref="Leave"/>.</summary>
    public void Enter() => throw new NotImplementedException();

    public void Leave() => throw new NotImplementedException();

    public void Skip() => throw new NotImplementedException();

    public readonly ReadOnlySpan<byte> LocalName => throw new NotImplementedException();

    /// <summary>Unescaped.</summary>
    public readonly ReadOnlySpan<byte> Namespace => throw new NotImplementedException();

    public readonly bool Is(ReadOnlySpan<byte> localName, ReadOnlySpan<byte> ns) => throw new NotImplementedException();

    /// <summary>The attribute (no namespace) as on the wire, still escaped.</summary>
    public readonly bool TryGetRawAttribute(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) =>
        throw new NotImplementedException();

    /// <summary>The attribute, unescaped; null where absent.</summary>
    public readonly string? Attribute(ReadOnlySpan<byte> name) => throw new NotImplementedException();

    /// <summary>Character data directly inside the current element, unescaped; skips the element.</summary>
    public string ReadText() => throw new NotImplementedException();

    /// <summary>The current element as on the wire, tags included.</summary>
    public readonly ReadOnlySpan<byte> Outer => throw new NotImplementedException();

    /// <summary>What stands between the current element's tags.</summary>
    public readonly ReadOnlySpan<byte> Inner => throw new NotImplementedException();

    /// <summary>The current element as a tree; moves on.</summary>
    public Element ReadTree() => throw new NotImplementedException();

    /// <summary>Copies the current element with every prefix, default namespace and xml:lang that it inherits from further out,
    /// so that it means the same wherever it is put; moves on.</summary>
    public void CopyWithContext(System.Buffers.IBufferWriter<byte> output, ReadOnlySpan<byte> defaultNamespaceThere) =>
        throw new NotImplementedException();
}
