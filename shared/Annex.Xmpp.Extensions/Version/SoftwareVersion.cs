using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Version;

/// <summary>XEP-0092. The operating system is left out unless the operator wants it told (§5).</summary>
public sealed record SoftwareVersion(string Name, string Version, string? OperatingSystem = null)
{
    public const string Namespace = "jabber:iq:version";

    public Element ToElement()
    {
        var query = new Element("query", Namespace).Add("name", Name).Add("version", Version);
        return OperatingSystem is null ? query : query.Add("os", OperatingSystem);
    }

    /// <summary>Null where the element is no such answer.</summary>
    public static SoftwareVersion? Read(Element? query) => query is not { Name: "query", Namespace: Namespace }
        ? null
        : new SoftwareVersion(query.Child("name")?.Text ?? "", query.Child("version")?.Text ?? "",
            query.Child("os")?.Text);
}
