// Hot path
using System.Buffers;
using System.Text;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Stanzas;

// Trees and errors, and the pieces under all that is written.
public sealed partial class StanzaWriter
{
    /// <summary>Writes the tree where the open element's namespace is the default.</summary>
    public void Element(Element element)
    {
        CloseTag();
        element.WriteTo(_output, _depth == 0 ? Namespaces.Component : NamespaceText(OpenNamespace));
    }

    /// <summary>name with this text and nothing else, in its parent's namespace.</summary>
    public void TextElement(ReadOnlySpan<byte> name, string? text)
    {
        StartElement(name);
        Text(text);
        EndElement();
    }

    /// <summary>The error element with its conditions (RFC 6120 §8.3.2).</summary>
    public void Error(StanzaError error)
    {
        StartElement("error"u8);
        Attribute("type"u8, TypeWord(error.Type));
        Attribute("by"u8, error.By);
        StartElement(error.Condition, Namespaces.StanzaErrors);
        Text(error.ConditionText);
        EndElement();
        if (error.Text is not null)
        {
            StartElement("text"u8, "urn:ietf:params:xml:ns:xmpp-stanzas"u8);
            Attribute("xml:lang"u8, "en"u8);
            Text(error.Text);
            EndElement();
        }

        if (error.Application is not null) Element(error.Application);
        EndElement();
    }

    private static ReadOnlySpan<byte> TypeWord(StanzaErrorType type) => type switch
    {
        StanzaErrorType.Auth => "auth"u8,
        StanzaErrorType.Cancel => "cancel"u8,
        StanzaErrorType.Continue => "continue"u8,
        StanzaErrorType.Modify => "modify"u8,
        _ => "wait"u8,
    };

    private ReadOnlySpan<byte> OpenNamespace => _depth == 0
        ? "jabber:component:accept"u8
        : _words.AsSpan(_open[_depth - 1].Namespace, _open[_depth - 1].NamespaceLength);

    // The usual ones without a new string.
    private static string NamespaceText(ReadOnlySpan<byte> ns) =>
        ns.SequenceEqual("jabber:component:accept"u8) ? Namespaces.Component : Encoding.UTF8.GetString(ns);

    private void Begin(ReadOnlySpan<byte> name)
    {
        int close = _isTagOpen ? 1 : 0;
        var span = _output.GetSpan(name.Length + 2);
        span[0] = (byte)'>';
        span[close] = (byte)'<';
        name.CopyTo(span[(close + 1)..]);
        _output.Advance(close + 1 + name.Length);
        _isTagOpen = true;
    }

    private void Push(ReadOnlySpan<byte> name, ReadOnlySpan<byte> ns)
    {
        int start = Keep(name);
        Push(start, name.Length, Keep(ns), ns.Length);
    }

    private void Push(ReadOnlySpan<byte> name, int ns, int nsLength) => Push(Keep(name), name.Length, ns, nsLength);

    private void Push(int name, int nameLength, int ns, int nsLength)
    {
        if (_depth == _open.Length) Array.Resize(ref _open, _depth * 2);
        ref var open = ref _open[_depth++];
        open.Name = name;
        open.NameLength = nameLength;
        open.Namespace = ns;
        open.NamespaceLength = nsLength;
    }

    private int Keep(ReadOnlySpan<byte> word)
    {
        int start = _wordsLength;
        if (_words.Length < start + word.Length)
            Array.Resize(ref _words, Math.Max(start + word.Length, _words.Length * 2));
        word.CopyTo(_words.AsSpan(start));
        _wordsLength = start + word.Length;
        return start;
    }

    private void BeginAttribute(ReadOnlySpan<byte> name) => BeginAttribute(name, "='"u8);

    private void BeginAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> start)
    {
        RequireOpenTag();
        var span = _output.GetSpan(name.Length + 3);
        span[0] = (byte)' ';
        name.CopyTo(span[1..]);
        start.CopyTo(span[(name.Length + 1)..]);
        _output.Advance(name.Length + 3);
    }

    private void RequireOpenTag()
    {
        if (!_isTagOpen) throw new InvalidOperationException("The element's content has begun, or none is open.");
    }

    private void CloseTag()
    {
        if (!_isTagOpen) return;
        _isTagOpen = false;
        Write(">"u8);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_output.GetSpan(bytes.Length));
        _output.Advance(bytes.Length);
    }

    private static ReadOnlySpan<byte> Utf8(string text, Span<byte> room) =>
        Encoding.UTF8.TryGetBytes(text, room, out int written) ? room[..written] : Encoding.UTF8.GetBytes(text);
}
