using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Delegation;

/// <summary>One namespace that a server says it delegates, with the attributes it filters by (XEP-0355 §4.2).</summary>
public sealed record DelegatedNamespace(string Namespace, IReadOnlyList<string> Attributes)
{
    // More than any server delegates.
    private const int MaxEntries = 100;

    /// <summary>What a message's delegation element announces; empty where it has none. ejabberd sends one message per
    /// namespace and kind, and each of them twice.</summary>
    public static IReadOnlyList<DelegatedNamespace> Read(Element message)
    {
        var list = new List<DelegatedNamespace>();
        foreach (var version in DelegationNode.Versions)
        {
            if (message.Child("delegation", version) is not { } delegation)
                continue;

            foreach (var delegated in delegation.ChildrenNamed("delegated").Take(MaxEntries))
            {
                var attributes = delegated.ChildrenNamed("attribute").Take(MaxEntries)
                    .Select(attribute => attribute["name"] ?? "").ToList();
                if (delegated["namespace"] is { Length: > 0 } ns)
                    list.Add(new DelegatedNamespace(ns, attributes));
            }
        }

        return list;
    }
}
