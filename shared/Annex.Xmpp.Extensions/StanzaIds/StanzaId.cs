using Annex.Xmpp.Addressing;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.StanzaIds;

/// <summary>An id that an entity gave a message, unique there (XEP-0359 §3.1). Only the entity itself may put it on, so
/// it has to take away what others put on in its name.</summary>
public sealed record StanzaId(string Id, Jid By)
{
    public const string Namespace = "urn:xmpp:sid:0";

    public Element ToElement() => new Element("stanza-id", Namespace).With("id", Id).With("by", By.ToString());

    /// <summary>The id that this entity gave the message, or null.</summary>
    public static StanzaId? Find(Element message, Jid by)
    {
        foreach (var element in message.ChildrenNamed("stanza-id", Namespace))
        {
            if (element["id"] is { Length: > 0 } id && Jid.TryParse(element["by"], out var giver) && giver == by)
                return new StanzaId(id, by);
        }

        return null;
    }

    /// <summary>XEP-0359 §5: removes every stanza-id in the name of this entity, also those whose by only prepares to
    /// it.</summary>
    public static void RemoveForged(Element message, Jid by)
    {
        foreach (var element in message.ChildrenNamed("stanza-id", Namespace).ToList())
        {
            if (Jid.TryParse(element["by"], out var giver) && giver == by)
                message.Remove(element);
        }
    }

    /// <summary>The id that the sender's client gave the message (§3.2), or null.</summary>
    public static string? OriginId(Element message) => message.Child("origin-id", Namespace)?["id"];

    public static Element OriginIdElement(string id) => new Element("origin-id", Namespace).With("id", id);
}
