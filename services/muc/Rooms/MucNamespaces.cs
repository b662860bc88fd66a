namespace Annex.Muc.Rooms;

/// <summary>Namespaces and form types of XEP-0045 and of what the rooms speak beside it.</summary>
internal static class MucNamespaces
{
    public const string Muc = "http://jabber.org/protocol/muc";
    public const string User = "http://jabber.org/protocol/muc#user";
    public const string Admin = "http://jabber.org/protocol/muc#admin";
    public const string Owner = "http://jabber.org/protocol/muc#owner";
    public const string RoomConfig = "http://jabber.org/protocol/muc#roomconfig";
    public const string RoomInfo = "http://jabber.org/protocol/muc#roominfo";
    public const string Register = "http://jabber.org/protocol/muc#register";
    public const string Request = "http://jabber.org/protocol/muc#request";
    public const string StableId = "http://jabber.org/protocol/muc#stable_id";
    public const string Traffic = "http://jabber.org/protocol/muc#traffic";
    public const string Unique = "http://jabber.org/protocol/muc#unique";
    public const string SelfPing = "http://jabber.org/protocol/muc#self-ping-optimization";
    public const string OccupantId = "urn:xmpp:occupant-id:0";
    public const string StanzaId = "urn:xmpp:sid:0";
    public const string Delay = "urn:xmpp:delay";
    public const string Conference = "jabber:x:conference";
    public const string DataForm = "jabber:x:data";
    public const string IqRegister = "jabber:iq:register";
    public const string DiscoInfo = "http://jabber.org/protocol/disco#info";
    public const string DiscoItems = "http://jabber.org/protocol/disco#items";
    public const string Ping = "urn:xmpp:ping";
    public const string VCard = "vcard-temp";
    public const string PubSub = "http://jabber.org/protocol/pubsub";
}
