// Hot path
using System.Runtime.CompilerServices;

namespace Annex.Xmpp.Xml;

/// <summary>
/// Walks the elements of one framed (hence well-formed) piece of XML without allocating: namespace-correct, forward
/// only.
/// <code>
/// var reader = stanza.Children;
/// while (reader.ReadElement()) { if (reader.Is("body"u8, ns)) text = reader.ReadText(); else reader.Skip(); }
/// </code>
/// </summary>
public ref partial struct XmlReader
{
    private readonly ReadOnlySpan<byte> _xml;
    private readonly XmlOuterContext? _outer;

    // The elements entered, outermost first: the offset of their tag; its complement for one without content.
    private Levels _levels;
    private int[]? _deeper;
    private int _depth;

    // The declarations of the entered elements, innermost last.
    private Bindings _bindings;
    private Binding[]? _moreBindings;
    private int _bindingCount;

    // Where the next sibling is looked for.
    private int _pos;

    // The current element: its tag (-1: none), its name, the end of its tag.
    private int _tag = -1;
    private int _nameLength;
    private int _colon;
    private int _tagEnd;
    private bool _isEmpty;

    internal XmlReader(ReadOnlySpan<byte> xml, XmlOuterContext outer)
    {
        _xml = xml;
        _outer = outer;
    }

    /// <summary>Reads well-formed content that was kept, such as an archived payload: nothing is checked
    /// again.</summary>
    public static XmlReader Over(ReadOnlySpan<byte> wellFormed, string defaultNamespace = "jabber:component:accept") =>
        new(wellFormed, XmlOuterContext.For(defaultNamespace));

    [InlineArray(Size)]
    private struct Levels
    {
        public const int Size = 16;
        private int _first;
    }

    /// <summary>Moves to the next element inside the current level (siblings); false at its end. An element that was
    /// neither entered nor skipped is skipped.</summary>
    public bool ReadElement()
    {
        Skip();
        if (_depth > 0 && Level(_depth - 1) < 0) return false;
        while (true)
        {
            int i = _xml[_pos..].IndexOf((byte)'<');
            if (i < 0 || _pos + i + 1 >= _xml.Length)
            {
                _pos = _xml.Length;
                return false;
            }

            _pos += i;
            byte b = _xml[_pos + 1];
            if (b == (byte)'/') return false;
            if (b != (byte)'!') break;
            _pos = XmlSkip.Section(_xml, _pos);
        }

        Open(_pos);
        return true;
    }

    /// <summary>Goes into the current element: the next <see cref="ReadElement"/> reads its children, until <see
    /// cref="Leave"/>.</summary>
    public void Enter()
    {
        if (_tag < 0) throw new InvalidOperationException("There is no current element to enter.");
        Push(_isEmpty ? ~_tag : _tag);
        Declare(_tag);
        _pos = _tagEnd;
        _tag = -1;
    }

    /// <summary>Goes back out: the next <see cref="ReadElement"/> reads what follows the element that was
    /// entered.</summary>
    public void Leave()
    {
        if (_depth == 0) throw new InvalidOperationException("There is no element to leave.");
        int tag = Level(--_depth);
        while (_bindingCount > 0 && BindingAt(_bindingCount - 1).Depth > _depth) _bindingCount--;
        _pos = tag < 0 ? XmlSkip.Tag(_xml, ~tag) : XmlSkip.Content(_xml, _tag >= 0 ? _tag : _pos);
        _tag = -1;
    }

    /// <summary>Moves behind the current element, if there is one.</summary>
    public void Skip()
    {
        if (_tag < 0) return;
        _pos = ElementEnd;
        _tag = -1;
    }

    /// <summary>How many elements are entered.</summary>
    public readonly int Depth => _depth;

    public readonly ReadOnlySpan<byte> LocalName
    {
        get
        {
            if (_tag < 0) return default;
            int start = _colon < 0 ? _tag + 1 : _colon + 1;
            return _xml[start..(_tag + 1 + _nameLength)];
        }
    }

    /// <summary>Unescaped.</summary>
    public readonly ReadOnlySpan<byte> Namespace =>
        _tag < 0 ? default : Resolve(_colon < 0 ? default : _xml[(_tag + 1).._colon]);

    public readonly bool Is(ReadOnlySpan<byte> localName, ReadOnlySpan<byte> ns) =>
        LocalName.SequenceEqual(localName) && Namespace.SequenceEqual(ns);

    /// <summary>The attribute (no namespace) as on the wire, still escaped.</summary>
    public readonly bool TryGetRawAttribute(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        if (_tag >= 0) return TryFind(_tag, name, out value);
        value = default;
        return false;
    }

    /// <summary>The attribute, unescaped; null where absent.</summary>
    public readonly string? Attribute(ReadOnlySpan<byte> name) =>
        TryGetRawAttribute(name, out var raw) ? System.Text.Encoding.UTF8.GetString(XmlText.UnescapeAttribute(raw))
            : null;

    /// <summary>xml:lang in force at the current element, as on the wire: its own or that of the nearest element around
    /// it inside these bytes; empty where there is none.</summary>
    public readonly ReadOnlySpan<byte> RawLang
    {
        get
        {
            if (_tag >= 0 && TryFind(_tag, "xml:lang"u8, out var value)) return value;
            for (int i = _depth - 1; i >= 0; i--)
            {
                if (TryFind(TagOf(i), "xml:lang"u8, out value)) return value;
            }

            return default;
        }
    }

    /// <summary>The current element as on the wire, tags included.</summary>
    public readonly ReadOnlySpan<byte> Outer => _tag < 0 ? default : _xml[_tag..ElementEnd];

    /// <summary>What stands between the current element's tags.</summary>
    public readonly ReadOnlySpan<byte> Inner
    {
        get
        {
            if (_tag < 0 || _isEmpty) return default;
            var rest = _xml[_tagEnd..ElementEnd];
            int end = rest.LastIndexOf("</"u8);
            return end < 0 ? rest : rest[..end];
        }
    }

    private readonly int ElementEnd => _isEmpty ? _tagEnd : XmlSkip.Content(_xml, _tagEnd);

    private void Open(int tag)
    {
        _tag = tag;
        int end = tag + 1;
        int colon = -1;
        while (end < _xml.Length && _xml[end] is not ((byte)'>' or (byte)'/') && !XmlChars.IsSpace(_xml[end]))
        {
            if (_xml[end] == (byte)':') colon = end;
            end++;
        }

        _nameLength = end - tag - 1;
        _colon = colon;
        _tagEnd = XmlSkip.Tag(_xml, end);
        _isEmpty = _xml[_tagEnd - 1] == (byte)'>' && _xml[_tagEnd - 2] == (byte)'/';
    }

    private readonly int Level(int i) => i < Levels.Size ? _levels[i] : _deeper![i - Levels.Size];

    private readonly int TagOf(int i) => Level(i) is var tag && tag < 0 ? ~tag : tag;

    private void Push(int tag)
    {
        if (_depth < Levels.Size)
        {
            _levels[_depth++] = tag;
            return;
        }

        // Deeper than any message in use: only here is there an allocation.
        int i = _depth++ - Levels.Size;
        if (_deeper is null || i >= _deeper.Length) Array.Resize(ref _deeper, Math.Max(16, i * 2));
        _deeper[i] = tag;
    }

    private readonly bool TryFind(int tag, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var attributes = new XmlAttributes(_xml[tag..]);
        while (attributes.MoveNext())
        {
            if (!attributes.Name.SequenceEqual(name)) continue;
            value = attributes.Value;
            return true;
        }

        value = default;
        return false;
    }
}
