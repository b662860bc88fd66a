using Annex.Muc.Rooms;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Features;

/// <summary>XEP-0410 1.1 (the room answers a ping of one's own nick: see Room.Iq) and XEP-0199 to the room
/// itself.</summary>
internal sealed class SelfPing : IRoomFeature
{
    public bool TryIq(Room room, Stanza iq, Effects effects)
    {
        if (iq.Type != StanzaType.Get || !Room.IsPayload(iq, "ping"u8, "urn:xmpp:ping"u8))
            return false;
        effects.Result(iq, null);
        return true;
    }

    public void Describe(Room room, RoomDescription description)
    {
        description.Features.Add(MucNamespaces.Ping);
        description.Features.Add(MucNamespaces.SelfPing);
    }
}
