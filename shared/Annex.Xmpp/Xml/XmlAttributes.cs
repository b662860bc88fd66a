// Hot path
namespace Annex.Xmpp.Xml;

/// <summary>The attributes of one well-formed tag in order, namespace declarations included, as on the wire.</summary>
internal ref struct XmlAttributes
{
    private readonly ReadOnlySpan<byte> _tag;
    private int _pos;
    private int _nameStart;
    private int _nameEnd;
    private int _valueStart;
    private int _valueEnd;

    /// <param name="tag">From the tag's &lt; on; more may follow.</param>
    public XmlAttributes(ReadOnlySpan<byte> tag)
    {
        _tag = tag;
        _pos = 1;
        while (_pos < tag.Length && !XmlChars.IsSpace(tag[_pos]) && tag[_pos] is not ((byte)'>' or (byte)'/')) _pos++;
    }

    public readonly ReadOnlySpan<byte> Name => _tag[_nameStart.._nameEnd];

    public readonly ReadOnlySpan<byte> Value => _tag[_valueStart.._valueEnd];

    /// <summary>The name's offset in the tag.</summary>
    public readonly int NameStart => _nameStart;

    /// <summary>The value's offset in the tag.</summary>
    public readonly int ValueStart => _valueStart;

    public bool MoveNext()
    {
        var tag = _tag;
        int pos = _pos;
        while (pos < tag.Length && XmlChars.IsSpace(tag[pos])) pos++;
        if (pos >= tag.Length || tag[pos] is (byte)'>' or (byte)'/') return false;
        _nameStart = pos;
        while (pos < tag.Length && tag[pos] != (byte)'=' && !XmlChars.IsSpace(tag[pos])) pos++;
        _nameEnd = pos;
        while (pos < tag.Length && tag[pos] is not ((byte)'\'' or (byte)'"')) pos++;
        if (pos >= tag.Length) return false;
        byte quote = tag[pos++];
        _valueStart = pos;
        int length = tag[pos..].IndexOf(quote);
        if (length < 0) return false;
        _valueEnd = pos + length;
        _pos = _valueEnd + 1;
        return true;
    }
}
