namespace Annex.Push;

/// <summary>The namespaces that this service speaks.</summary>
public static class PushNamespaces
{
    /// <summary>XEP-0357.</summary>
    public const string Push = "urn:xmpp:push:0";

    public const string Push2 = "urn:xmpp:push2:0";

    /// <summary>The encrypted payload of push2.</summary>
    public const string Encrypted = "urn:xmpp:sce:rfc8291:0";

    public const string Summary = "urn:xmpp:push:summary";

    public const string PubSub = "http://jabber.org/protocol/pubsub";

    public const string PublishOptions = "http://jabber.org/protocol/pubsub#publish-options";

    public const string UnifiedPush = "http://gultsch.de/xmpp/drafts/unified-push";
}
