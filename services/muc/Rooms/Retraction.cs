using System.Globalization;
using System.Text;
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>A message is taken back: by its author (XEP-0424), or by a moderator (XEP-0425). What stands in its place
/// in archive and history is a tombstone.</summary>
/// <param name="Id">The stanza-id of the message.</param>
/// <param name="Retracted">The retracted element that takes the place of the content.</param>
/// <param name="OnlyBy">The bare JID whose message it has to be; null for a moderator, who may take back
/// anyone's.</param>
internal sealed record Retraction(Guid Id, byte[] Retracted, Jid? OnlyBy, Jid? ModeratorJid, string? ModeratorNick,
    DateTimeOffset At)
    : RoomChange
{
    public static Retraction ByAuthor(Guid id, Jid author, ReadOnlySpan<byte> rawMessageId, DateTimeOffset at)
    {
        using var xml = new XmlBuffer();
        Open(xml, at);
        xml.Append(" id='"u8);
        xml.AppendRawAttribute(rawMessageId);
        xml.Append("'/>"u8);
        return new Retraction(id, xml.Written.ToArray(), author, null, null, at);
    }

    public static Retraction ByModerator(Guid id, Occupant moderator, string? reason, Guid announcement,
        DateTimeOffset at)
    {
        using var xml = new XmlBuffer();
        Open(xml, at);
        xml.Append(" id='"u8);
        xml.Append(announcement);
        xml.Append("'>"u8);
        WriteModerated(xml, moderator, reason);
        xml.Append("</retracted>"u8);
        return new Retraction(id, xml.Written.ToArray(), null, moderator.RealBare, moderator.Jid.Resource, at);
    }

    /// <summary>XEP-0425 §4: who did it, by occupant JID and occupant id, and why.</summary>
    public static void WriteModerated(XmlBuffer xml, Occupant moderator, string? reason)
    {
        xml.Append("<moderated xmlns='urn:xmpp:message-moderate:1' by='"u8);
        xml.Append(moderator.Jid.Escaped);
        xml.Append("'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='"u8);
        xml.Append(moderator.Id);
        xml.Append("'/></moderated>"u8);
        if (reason is null)
            return;
        xml.Append("<reason>"u8);
        xml.AppendEscaped(reason);
        xml.Append("</reason>"u8);
    }

    /// <summary>What follows the head of the message from now on: who wrote it (by occupant id), that it was retracted,
    /// its stanza-id.</summary>
    public byte[] TailOf(Jid room, ReadOnlySpan<byte> occupantId)
    {
        using var xml = new XmlBuffer();
        xml.Append("><occupant-id xmlns='urn:xmpp:occupant-id:0' id='"u8);
        xml.Append(occupantId);
        xml.Append("'/>"u8);
        xml.Append(Retracted);
        xml.Append("<stanza-id xmlns='urn:xmpp:sid:0' by='"u8);
        xml.Append(room.Escaped);
        xml.Append("' id='"u8);
        xml.Append(Id);
        xml.Append("'/></message>"u8);
        return xml.Written.ToArray();
    }

    private static void Open(XmlBuffer xml, DateTimeOffset at)
    {
        xml.Append("<retracted xmlns='urn:xmpp:message-retract:1' stamp='"u8);
        xml.Append(Encoding.ASCII.GetBytes(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
            CultureInfo.InvariantCulture)));
        xml.Append("'"u8);
    }
}
