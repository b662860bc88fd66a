using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Delay;

/// <summary>When a stanza was sent at first, and who kept it since (XEP-0203).</summary>
public sealed record DelayedDelivery(DateTimeOffset Stamp, Jid? From = null, string? Reason = null)
{
    public const string Namespace = "urn:xmpp:delay";

    public Element ToElement() => new Element("delay", Namespace)
        .With("from", From?.ToString()).With("stamp", XmppDateTime.Format(Stamp)).AddText(Reason);

    /// <summary>Null where the element is no delay or its stamp no time.</summary>
    public static DelayedDelivery? Read(Element? delay)
    {
        if (delay is not { Name: "delay", Namespace: Namespace } ||
            !XmppDateTime.TryParse(delay["stamp"], out var stamp))
        {
            return null;
        }

        _ = Jid.TryParse(delay["from"], out var from);
        var reason = delay.Text.Trim();
        return new DelayedDelivery(stamp, from, reason.Length == 0 ? null : reason);
    }

    /// <summary>Writes the element without making a tree.</summary>
    public static void Write(StanzaWriter writer, DateTimeOffset stamp, Jid? from)
    {
        Span<byte> text = stackalloc byte[XmppDateTime.MaxLength];
        XmppDateTime.TryFormat(stamp, text, out var length);
        writer.StartElement("delay"u8, "urn:xmpp:delay"u8);
        writer.Attribute("from"u8, from);
        writer.Attribute("stamp"u8, text[..length]);
        writer.EndElement();
    }
}
