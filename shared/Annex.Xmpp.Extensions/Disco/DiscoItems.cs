using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Disco;

/// <summary>The answer to disco#items (XEP-0030 §4), with its page where it is one (XEP-0059 §3).</summary>
public sealed class DiscoItems(string? node = null)
{
    public const string Namespace = "http://jabber.org/protocol/disco#items";

    // Of a stranger's answer: more entries than any service lists on one page.
    private const int MaxItems = 10_000;

    public string? Node { get; } = node;

    public List<DiscoItem> Items { get; } = [];

    public PageResult? Page { get; set; }

    public Element ToElement()
    {
        var query = new Element("query", Namespace).With("node", Node);
        foreach (var item in Items)
        {
            query.Add(new Element("item", Namespace)
                .With("jid", item.Jid.ToString()).With("node", item.Node).With("name", item.Name));
        }

        return Page is null ? query : query.Add(Page.ToElement());
    }

    /// <summary>Lenient: an item without an address is left out. Null where the element is no such answer.</summary>
    public static DiscoItems? Read(Element? query)
    {
        if (query is not { Name: "query", Namespace: Namespace })
            return null;

        var items = new DiscoItems(query["node"]) { Page = PageResult.Read(query) };
        foreach (var item in query.ChildrenNamed("item").Take(MaxItems))
        {
            if (Jid.TryParse(item["jid"], out var jid))
                items.Items.Add(new DiscoItem(jid, item["name"], item["node"]));
        }

        return items;
    }
}
