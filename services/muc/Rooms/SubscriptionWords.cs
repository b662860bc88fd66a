using Annex.Xmpp.Xml;

namespace Annex.Muc.Rooms;

/// <summary>MUC/Sub on the wire, as ejabberd documents it.</summary>
internal static class SubscriptionWords
{
    public const string Namespace = "urn:xmpp:mucsub:0";
    public const string Event = "http://jabber.org/protocol/pubsub#event";
    private const string Prefix = "urn:xmpp:mucsub:nodes:";

    private static readonly (SubscriptionNodes Node, string Name)[] Names =
    [
        (SubscriptionNodes.Presence, Prefix + "presence"),
        (SubscriptionNodes.Messages, Prefix + "messages"),
        (SubscriptionNodes.Affiliations, Prefix + "affiliations"),
        (SubscriptionNodes.Subscribers, Prefix + "subscribers"),
        (SubscriptionNodes.Config, Prefix + "config"),
        (SubscriptionNodes.Subject, Prefix + "subject"),
        (SubscriptionNodes.System, Prefix + "system"),
    ];

    private static readonly Dictionary<SubscriptionNodes, byte[]> Utf8 =
        Names.ToDictionary(n => n.Node, n => System.Text.Encoding.UTF8.GetBytes(n.Name));

    public static ReadOnlySpan<byte> NameOf(SubscriptionNodes node) => Utf8[node];

    /// <summary>The nodes that a request names; those that nobody knows are left out, and so not confirmed.</summary>
    public static SubscriptionNodes Read(Element request)
    {
        var nodes = SubscriptionNodes.None;
        foreach (var element in request.ChildrenNamed("event"))
        {
            foreach (var (node, name) in Names)
            {
                if (element["node"] == name)
                    nodes |= node;
            }
        }
        return nodes;
    }

    public static Element Write(Element parent, SubscriptionNodes nodes)
    {
        foreach (var (node, name) in Names)
        {
            if ((nodes & node) != 0)
                parent.Add(new Element("event", Namespace).With("node", name));
        }
        return parent;
    }
}
