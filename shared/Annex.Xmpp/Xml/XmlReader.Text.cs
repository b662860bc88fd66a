using System.Buffers;
using System.Text;

namespace Annex.Xmpp.Xml;

// Character data and trees: here memory is allocated.
public ref partial struct XmlReader
{
    /// <summary>Character data directly inside the current element, unescaped; skips the element.</summary>
    public string ReadText()
    {
        if (_tag < 0) throw new InvalidOperationException("There is no current element to read.");
        var inner = Inner;
        if (inner.IndexOf((byte)'<') < 0)
        {
            Skip();
            return Encoding.UTF8.GetString(XmlText.UnescapeText(inner));
        }

        var text = new StringBuilder();
        Enter();
        while (ReadNode(out bool isElement, out var piece))
        {
            if (!isElement) text.Append(Encoding.UTF8.GetString(piece));
        }

        Leave();
        return text.ToString();
    }

    /// <summary>The current element as a tree; moves on.</summary>
    public Element ReadTree()
    {
        if (_tag < 0) throw new InvalidOperationException("There is no current element to read.");
        return ReadTree(new XmlNameCache());
    }

    // Recursion is bounded by XmlLimits.MaxDepth.
    private Element ReadTree(XmlNameCache names)
    {
        var element = Element.Make(names.Get(LocalName), names.Get(Namespace));
        var attributes = new XmlAttributes(_xml[_tag..]);
        while (attributes.MoveNext())
        {
            var name = attributes.Name;
            if (name.StartsWith("xmlns"u8) && (name.Length == 5 || name[5] == (byte)':')) continue;
            int colon = name.IndexOf((byte)':');
            string ns = colon < 0 ? "" : names.Get(Resolve(name[..colon]));
            string value = Encoding.UTF8.GetString(XmlText.UnescapeAttribute(attributes.Value));
            element.AppendAttribute(ns, names.Get(name[(colon + 1)..]), value);
        }

        Enter();
        while (ReadNode(out bool isElement, out var piece))
        {
            if (isElement) element.Add(ReadTree(names));
            else element.AddText(Encoding.UTF8.GetString(piece));
        }

        Leave();
        return element;
    }

    /// <summary>As <see cref="ReadElement"/>, but stops at character data too, which it gives unescaped.</summary>
    private bool ReadNode(out bool isElement, out ReadOnlySpan<byte> text)
    {
        Skip();
        isElement = false;
        text = default;
        if ((_depth > 0 && Level(_depth - 1) < 0) || _pos >= _xml.Length) return false;
        if (_xml[_pos] != (byte)'<')
        {
            int length = _xml[_pos..].IndexOf((byte)'<');
            if (length < 0) length = _xml.Length - _pos;
            text = XmlText.UnescapeText(_xml.Slice(_pos, length));
            _pos += length;
            return true;
        }

        if (_pos + 1 < _xml.Length && _xml[_pos + 1] == (byte)'!')
        {
            int start = _pos + "<![CDATA[".Length;
            _pos = XmlSkip.Section(_xml, _pos);
            text = XmlText.UnescapeCdata(_xml[start..(_pos - "]]>".Length)]);
            return true;
        }

        isElement = ReadElement();
        return isElement;
    }
}
