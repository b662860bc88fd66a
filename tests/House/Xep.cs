namespace Annex.House;

/// <summary>A specification that the suite implements: one row of docs/xeps.md and one entry of docs/doap.xml.</summary>
/// <param name="Version">Of the text that was implemented.</param>
/// <param name="Mark">What the code has on the wire for it, a namespace or a node: it has to be in the sources, and in a scenario.</param>
/// <param name="Part">What of it, where it is not all that concerns a component; empty for all.</param>
internal sealed record Xep(int Number, string Title, string Version, string Mark, string Part = "")
{
    public string Name => $"XEP-{Number:D4}";

    /// <summary>In the words of DOAP's extension for XMPP.</summary>
    public string Status => Part.Length == 0 ? "complete" : "partial";

    /// <summary>
    /// A new extension is a line here, the wire namespace in the code, and a scenario; then
    /// <c>ANNEX_WRITE_DOCS=1 dotnet test tests/House</c> writes the pages.
    /// </summary>
    public static IReadOnlyList<Xep> All { get; } =
    [
        new(4, "Data Forms", "2.13.2", "jabber:x:data"),
        new(12, "Last Activity", "2.0", "jabber:iq:last", "uptime of the services"),
        new(30, "Service Discovery", "2.5.0", "http://jabber.org/protocol/disco#info"),
        new(33, "Extended Stanza Addressing", "1.2.1", "http://jabber.org/protocol/address", "sending to a multicast service, where the server has one"),
        new(45, "Multi-User Chat", "1.35.5", "http://jabber.org/protocol/muc#owner"),
        new(50, "Ad-Hoc Commands", "1.3.0", "http://jabber.org/protocol/commands"),
        new(54, "vcard-temp", "1.3.0", "vcard-temp", "of rooms, and asked of occupants"),
        new(59, "Result Set Management", "1.0", "http://jabber.org/protocol/rsm"),
        new(60, "Publish-Subscribe", "1.30.0", "http://jabber.org/protocol/pubsub", "publishing to a push service (XEP-0357)"),
        new(68, "Field Standardization for Data Forms", "1.3.0", "FORM_TYPE"),
        new(77, "In-Band Registration", "2.4", "jabber:iq:register", "registration with a room"),
        new(92, "Software Version", "1.1", "jabber:iq:version"),
        new(114, "Jabber Component Protocol", "1.6", "jabber:component:accept"),
        new(128, "Service Discovery Extensions", "1.0.1", "http://jabber.org/protocol/muc#roominfo"),
        new(153, "vCard-Based Avatars", "1.1.1", "muc#roominfo_avatarhash", "pictures of rooms"),
        new(157, "Contact Addresses for XMPP Services", "1.1.1", "http://jabber.org/network/serverinfo"),
        new(172, "User Nickname", "1.1", "http://jabber.org/protocol/nick", "passed on in rooms, and left out where registered nicks are enforced"),
        new(199, "XMPP Ping", "2.0.1", "urn:xmpp:ping"),
        new(202, "Entity Time", "2.0", "urn:xmpp:time"),
        new(203, "Delayed Delivery", "2.0", "urn:xmpp:delay"),
        new(215, "External Service Discovery", "1.0.0", "urn:xmpp:extdisco:2"),
        new(249, "Direct MUC Invitations", "1.2", "jabber:x:conference", "invitations that a service sends"),
        new(307, "Unique Room Names for Multi-User Chat", "0.1", "http://jabber.org/protocol/muc#unique"),
        new(313, "Message Archive Management", "1.1.3", "urn:xmpp:mam:2", "archives of rooms"),
        new(334, "Message Processing Hints", "1.0.0", "urn:xmpp:hints", "no-store and no-permanent-store in rooms"),
        new(355, "Namespace Delegation", "0.5", "urn:xmpp:delegation:2", "as the entity that is delegated to; version 1 too, which ejabberd speaks"),
        new(357, "Push Notifications", "0.4.1", "urn:xmpp:push:0", "the app server's side"),
        new(359, "Unique and Stable Stanza IDs", "0.7.0", "urn:xmpp:sid:0"),
        new(363, "HTTP File Upload", "1.2.0", "urn:xmpp:http:upload:0"),
        new(377, "Blocking Command Reports", "0.4.1", "urn:xmpp:reporting", "reports in rooms"),
        new(410, "MUC Self-Ping (Schrödinger's Chat)", "1.1.0", "muc#self-ping"),
        new(421, "Occupant identifiers for semi-anonymous MUCs", "1.0.1", "urn:xmpp:occupant-id:0"),
        new(424, "Message Retraction", "0.4.2", "urn:xmpp:message-retract:1", "in rooms"),
        new(425, "Moderated Message Retraction", "0.3.0", "urn:xmpp:message-moderate:1"),
        new(433, "Extended Channel Search", "0.1.0", "urn:xmpp:channel-search:0:search"),
        new(486, "MUC Avatars", "0.1.0", "vcard-temp:x:update"),
    ];
}
