using Annex.Muc.Rooms;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>
/// One use case or extension beside the core of a room. A feature keeps no state of its own: what it remembers is the
/// room's. Asked in the order of <see cref="FeatureList"/>; the first that handles a stanza ends the walk.
/// </summary>
internal interface IRoomFeature
{
    /// <summary>An iq get or set to the room itself. True: it was answered.</summary>
    bool TryIq(Room room, Stanza iq, Effects effects) => false;

    /// <summary>A message to the room itself that is not of type groupchat. True: it was dealt with.</summary>
    bool TryMessage(Room room, Stanza message, Effects effects) => false;

    /// <summary>Whether an element of a client's message or presence is one that only the room may say: it is left
    /// out.</summary>
    bool IsForged(Room room, in XmlReader element) => false;

    /// <summary>Adds to every message and presence that comes from this occupant, right before its end. Called for tens
    /// of thousands of stanzas a second: writes bytes, allocates nothing.</summary>
    void Decorate(Room room, Occupant occupant, XmlBuffer xml)
    {
    }

    /// <summary>Adds features and fields to the room's disco#info.</summary>
    void Describe(Room room, RoomDescription description)
    {
    }
}
