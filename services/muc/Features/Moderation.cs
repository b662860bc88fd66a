// Hot path
using Annex.Muc.Rooms;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>XEP-0424 0.4 and XEP-0425 0.3, with the 0.2 that clients spoke before: what only the room may say of a
/// message that was taken back is left out of what occupants send. The requests themselves wait for the archive: see
/// ModerationHandlers.</summary>
internal sealed class Moderation : IRoomFeature
{
    public const string Namespace = "urn:xmpp:message-moderate:1";
    public const string OldNamespace = "urn:xmpp:message-moderate:0";
    public const string Retract = "urn:xmpp:message-retract:1";

    public bool IsForged(Room room, in XmlReader element)
    {
        var ns = element.Namespace;
        if (ns.SequenceEqual("urn:xmpp:message-retract:1"u8))
            return element.LocalName.SequenceEqual("retracted"u8) || Holds(element, "urn:xmpp:message-moderate:1"u8);
        return ns.SequenceEqual("urn:xmpp:fasten:0"u8) && Holds(element, "urn:xmpp:message-moderate:0"u8);
    }

    public void Describe(Room room, RoomDescription description)
    {
        description.Features.Add(Retract);
        if (!room.Service.IsDurable || !room.Configuration.IsArchived)
            return;
        description.Features.Add(Namespace);
        description.Features.Add(OldNamespace);
        description.Features.Add($"{Retract}#tombstone");
    }

    private static bool Holds(XmlReader element, ReadOnlySpan<byte> ns)
    {
        element.Enter();
        while (element.ReadElement())
        {
            if (element.LocalName.SequenceEqual("moderated"u8) && element.Namespace.SequenceEqual(ns))
                return true;
        }
        return false;
    }
}
