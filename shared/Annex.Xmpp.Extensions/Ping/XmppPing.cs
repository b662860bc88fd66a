using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Ping;

/// <summary>XEP-0199.</summary>
public static class XmppPing
{
    public const string Namespace = "urn:xmpp:ping";

    /// <summary>The payload of the iq get that asks; the answer is an empty result.</summary>
    public static Element ToElement() => new("ping", Namespace);
}
