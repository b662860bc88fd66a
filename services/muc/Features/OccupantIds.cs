// Hot path
using Annex.Muc.Rooms;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>XEP-0421 1.0: one stable, pseudonymous id per person and room on every message and presence; a client's own
/// claim is replaced.</summary>
internal sealed class OccupantIds : IRoomFeature
{
    private static ReadOnlySpan<byte> Namespace => "urn:xmpp:occupant-id:0"u8;

    public bool IsForged(Room room, in XmlReader element) => element.Is("occupant-id"u8, Namespace);

    public void Decorate(Room room, Occupant occupant, XmlBuffer xml)
    {
        xml.Append("<occupant-id xmlns='urn:xmpp:occupant-id:0' id='"u8);
        xml.Append(occupant.Id);
        xml.Append("'/>"u8);
    }

    public void Describe(Room room, RoomDescription description) => description.Features.Add(MucNamespaces.OccupantId);
}
