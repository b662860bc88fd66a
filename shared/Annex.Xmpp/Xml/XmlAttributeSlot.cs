namespace Annex.Xmpp.Xml;

/// <summary>Where one attribute of a tag stands, in offsets from the first byte of the scanned element.</summary>
internal struct XmlAttributeSlot
{
    public int NameStart;
    public int NameLength;
    public int Colon; // -1: no prefix
    public int ValueStart;
    public int ValueLength;
    public bool IsDeclaration;

    /// <summary>Of a prefixed attribute, while its tag is checked: its namespace, by a hash that nobody outside can aim at.</summary>
    public int NamespaceHash;

    public readonly ReadOnlySpan<byte> Name(ReadOnlySpan<byte> data) => data.Slice(NameStart, NameLength);

    public readonly ReadOnlySpan<byte> Value(ReadOnlySpan<byte> data) => data.Slice(ValueStart, ValueLength);
}
