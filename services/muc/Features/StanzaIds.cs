// Hot path
using Annex.Muc.Rooms;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>XEP-0359 0.7: the room's own stanza-id stands once on each message (the room writes it); one that a client
/// made in the room's name is left out, origin-ids and those of others stay.</summary>
internal sealed class StanzaIds : IRoomFeature
{
    public bool IsForged(Room room, in XmlReader element) => element.Is("stanza-id"u8, "urn:xmpp:sid:0"u8)
        && element.TryGetRawAttribute("by"u8, out var by) && ClientContent.IsAddressOf(room, by);

    public void Describe(Room room, RoomDescription description) => description.Features.Add(MucNamespaces.StanzaId);
}
