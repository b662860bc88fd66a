using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Disco;

/// <summary>The answer to disco#info: identities, features (XEP-0030 §3) and forms with more (XEP-0128).</summary>
public sealed class DiscoInfo(string? node = null)
{
    public const string Namespace = "http://jabber.org/protocol/disco#info";

    // Of a stranger's answer; servers with every module loaded list some 150 features.
    private const int MaxIdentities = 100;
    private const int MaxFeatures = 2_000;
    private const int MaxForms = 32;

    public string? Node { get; } = node;

    public List<Identity> Identities { get; } = [];

    /// <summary>Sorted and each once: answers are the same bytes whatever the order of registration.</summary>
    public SortedSet<string> Features { get; } = new(StringComparer.Ordinal);

    public List<DataForm> Forms { get; } = [];

    public bool Has(string feature) => Features.Contains(feature);

    /// <summary>The form of this FORM_TYPE, or null.</summary>
    public DataForm? Form(string formType) => Forms.Find(form => form.FormTypeName == formType);

    public Element ToElement()
    {
        var query = new Element("query", Namespace).With("node", Node);
        foreach (var identity in Identities)
        {
            query.Add(new Element("identity", Namespace) { Lang = identity.Lang }
                .With("category", identity.Category).With("type", identity.Type).With("name", identity.Name));
        }

        foreach (var feature in Features)
            query.Add(new Element("feature", Namespace).With("var", feature));
        foreach (var form in Forms)
            query.Add(form.ToElement());
        return query;
    }

    /// <summary>Lenient: what is incomplete is left out. Null where the element is no such answer.</summary>
    public static DiscoInfo? Read(Element? query)
    {
        if (query is not { Name: "query", Namespace: Namespace })
            return null;

        var info = new DiscoInfo(query["node"]);
        foreach (var identity in query.ChildrenNamed("identity").Take(MaxIdentities))
        {
            if (identity["category"] is { Length: > 0 } category && identity["type"] is { Length: > 0 } type)
                info.Identities.Add(new Identity(category, type, identity["name"], identity.Lang));
        }

        foreach (var feature in query.ChildrenNamed("feature").Take(MaxFeatures))
        {
            if (feature["var"] is { Length: > 0 } var)
                info.Features.Add(var);
        }

        foreach (var x in query.ChildrenNamed("x", DataForm.Namespace).Take(MaxForms))
        {
            if (DataForm.TryParse(x, out var form, out _))
                info.Forms.Add(form);
        }

        return info;
    }
}
