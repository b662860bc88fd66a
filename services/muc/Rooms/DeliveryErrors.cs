using System.Text;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>Errors that come back from clients and their servers.</summary>
internal static class DeliveryErrors
{
    /// <summary>The defined condition of an error stanza, or undefined-condition.</summary>
    public static string ConditionOf(Stanza stanza)
    {
        var children = stanza.Children;
        while (children.ReadElement())
        {
            if (!ClientContent.IsOwn(children, "error"u8))
                continue;
            children.Enter();
            while (children.ReadElement())
            {
                if (children.Namespace.SequenceEqual("urn:ietf:params:xml:ns:xmpp-stanzas"u8)
                    && !children.LocalName.SequenceEqual("text"u8))
                    return Encoding.UTF8.GetString(children.LocalName);
            }
            break;
        }
        return "undefined-condition";
    }

    public static StanzaErrorType TypeOf(Stanza stanza)
    {
        var children = stanza.Children;
        while (children.ReadElement())
        {
            if (!ClientContent.IsOwn(children, "error"u8))
                continue;
            return children.Attribute("type"u8) switch
            {
                "auth" => StanzaErrorType.Auth,
                "continue" => StanzaErrorType.Continue,
                "modify" => StanzaErrorType.Modify,
                "wait" => StanzaErrorType.Wait,
                _ => StanzaErrorType.Cancel,
            };
        }
        return StanzaErrorType.Cancel;
    }

    /// <summary>The six conditions of XEP-0045 §18.1.2 that say that a user is gone.</summary>
    public static bool MeansGone(string condition) => condition is "gone" or "item-not-found" or "recipient-unavailable"
        or "redirect" or "remote-server-not-found" or "remote-server-timeout";

    /// <summary>Type and condition alone: a text or a by could name a real JID.</summary>
    public static void WriteBare(XmlBuffer xml, StanzaErrorType type, string condition)
    {
        xml.Append("<error type='"u8);
        xml.AppendEscaped(type switch
        {
            StanzaErrorType.Auth => "auth",
            StanzaErrorType.Continue => "continue",
            StanzaErrorType.Modify => "modify",
            StanzaErrorType.Wait => "wait",
            _ => "cancel",
        });
        xml.Append("'><"u8);
        xml.AppendEscaped(condition);
        xml.Append(" xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"u8);
    }
}
