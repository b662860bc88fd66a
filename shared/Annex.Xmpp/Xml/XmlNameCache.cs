using System.Text;

namespace Annex.Xmpp.Xml;

/// <summary>One string for each different name of a tree: names repeat, and a namespace would be copied for each
/// element.</summary>
internal sealed class XmlNameCache
{
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public XmlNameCache() => _lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return "";
        if (utf8.Length > 1024) return Encoding.UTF8.GetString(utf8);
        Span<char> room = stackalloc char[utf8.Length];
        var name = room[..Encoding.UTF8.GetChars(utf8, room)];
        if (_lookup.TryGetValue(name, out string? known)) return known;
        string made = name.ToString();
        _names.Add(made, made);
        return made;
    }
}
