using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Privilege;

/// <summary>
/// What a server lets this component do beyond its own address (XEP-0356 §4 to §7). The version of the namespace is the
/// server's (Prosody :2, ejabberd 23 :1) and is used in what goes back. Each announcement replaces what was granted
/// before.
/// </summary>
public sealed class PrivilegeGrant
{
    /// <summary>Both versions that servers speak.</summary>
    public static readonly IReadOnlyList<string> Versions = ["urn:xmpp:privilege:2", "urn:xmpp:privilege:1"];

    private const string Forward = "urn:xmpp:forward:0";
    private const int MaxNamespaces = 100;

    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    private PrivilegeGrant(string version) => Version = version;

    public string Version { get; }

    public IReadOnlyList<PrivilegedNamespace> IqNamespaces { get; private set; } = [];

    /// <summary>Roster: none, get, set or both.</summary>
    public string Roster => Type("roster");

    public bool CanSendMessages => Type("message") == "outgoing";

    /// <summary>Presence: none, managed_entity (of the server's own users) or roster (of their contacts as
    /// well).</summary>
    public string Presence => Type("presence");

    /// <summary>Reads the announcement; null where the message carries none. An empty one takes every permission
    /// away.</summary>
    public static PrivilegeGrant? Read(Element message)
    {
        foreach (var version in Versions)
        {
            if (message.Child("privilege", version) is not { } privilege)
                continue;

            var grant = new PrivilegeGrant(version);
            foreach (var permission in privilege.ChildrenNamed("perm"))
            {
                if (permission["access"] is not { } access)
                    continue;

                // ejabberd announces type none for what it does not grant, Prosody says nothing.
                grant._types[access] = permission["type"] ?? "none";
                if (access == "iq")
                {
                    grant.IqNamespaces = permission.ChildrenNamed("namespace").Take(MaxNamespaces)
                        .Select(ns => new PrivilegedNamespace(ns["ns"] ?? "", ns["type"] ?? "both")).ToList();
                }
            }

            return grant;
        }

        return null;
    }

    /// <summary>The child of a message to the server that lets it send this message as if it came from its own user
    /// (§5).</summary>
    /// <param name="message">In jabber:client, from a bare address of that server.</param>
    public Element Wrap(Element message)
    {
        if (message.Namespace != Namespaces.Client)
            throw new ArgumentException("The message of a privileged entity stands in jabber:client.", nameof(message));

        return new Element("privilege", Version).Add(new Element("forwarded", Forward).Add(message));
    }

    /// <summary>The child of an iq to a user's bare address that sends this iq in the user's name (§6.2).</summary>
    public Element WrapIq(Element iq)
    {
        if (iq.Namespace != Namespaces.Client)
            throw new ArgumentException("The iq of a privileged entity stands in jabber:client.", nameof(iq));

        return new Element("privileged_iq", Version).Add(iq);
    }

    /// <summary>The iq that came back, out of the result's privilege element; null where there is none.</summary>
    public static Element? Unwrap(Element result)
    {
        foreach (var version in Versions)
        {
            if (result.Child("privilege", version)?.Child("forwarded", Forward) is { Children: [{ Name: "iq" } iq] })
                return iq;
        }

        return null;
    }

    private string Type(string access) => _types.GetValueOrDefault(access, "none");
}
