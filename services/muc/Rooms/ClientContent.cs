// Hot path
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Rooms;

/// <summary>What a client's stanza says that may be passed on, and how it is copied so that it means the
/// same.</summary>
internal static class ClientContent
{
    private static ReadOnlySpan<byte> Component => "jabber:component:accept"u8;

    /// <summary>Language and declarations of the stanza's own tag, and the tag's end.</summary>
    public static void WriteOpening(Stanza stanza, XmlBuffer xml)
    {
        if (stanza.RawLang.Length > 0)
        {
            xml.Append(" xml:lang='"u8);
            xml.AppendRawAttribute(stanza.RawLang);
            xml.Append("'"u8);
        }
        xml.Append(">"u8);
    }

    /// <summary>Copies the child that the reader stands on.</summary>
    public static void Copy(Stanza stanza, ref XmlReader child, XmlBuffer xml)
    {
        if (stanza.RawDeclarations.IsEmpty)
            xml.Append(child.Outer);
        else
            child.CopyWithContext(xml, Component);
    }

    /// <summary>An element of the stanza's own namespace.</summary>
    public static bool IsOwn(in XmlReader child, ReadOnlySpan<byte> name) =>
        child.Is(name, Component) || child.Is(name, "jabber:client"u8);

    public static bool IsBasicPresence(in XmlReader child) =>
        IsOwn(child, "show"u8) || IsOwn(child, "status"u8) || IsOwn(child, "priority"u8);

    /// <summary>What a client may ask or claim and a room never passes on (§17.3; and a delay in the room's
    /// name).</summary>
    public static bool IsRoomsOnly(Room room, in XmlReader child, bool isPresence)
    {
        var ns = child.Namespace;
        if (ns.SequenceEqual("http://jabber.org/protocol/muc#user"u8)
            || ns.SequenceEqual("http://jabber.org/protocol/muc"u8))
            return true;
        if (child.Is("delay"u8, "urn:xmpp:delay"u8) &&
            (isPresence || (child.TryGetRawAttribute("from"u8, out var by) && IsAddressOf(room, by))))
            return true;
        // XEP-0172 §6: "can override or work around local service policies for nick lockdown".
        if (room.Service.Options.EnforceRegisteredNick && child.Is("nick"u8, "http://jabber.org/protocol/nick"u8))
            return true;
        foreach (var feature in room.Service.Features)
        {
            if (feature.IsForged(room, child))
                return true;
        }
        return false;
    }

    public static sbyte ReadPriority(XmlReader child) =>
        sbyte.TryParse(child.ReadText().AsSpan().Trim(), out var priority) ? priority : (sbyte)0;

    /// <summary>Whether an attribute names the room, written in whatever case its service takes for equal.</summary>
    public static bool IsAddressOf(Room room, ReadOnlySpan<byte> raw) => raw.SequenceEqual(room.Jid.Escaped)
        || (Annex.Xmpp.Addressing.Jid.FromServer(raw) is { } named && named.Bare.Equals(room.Jid));
}
