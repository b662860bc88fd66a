namespace Annex.Xmpp.Stanzas;

/// <summary>The type attribute over all kinds. A message without a type is Normal, a presence without one Available
/// (RFC 6121 §5.2.2, §4.7.1); a type that no specification knows is Unknown.</summary>
public enum StanzaType : byte
{
    Unknown,
    Normal, Chat, Groupchat, Headline,
    Available, Unavailable, Subscribe, Subscribed, Unsubscribe, Unsubscribed, Probe,
    Get, Set, Result,
    Error,
}
