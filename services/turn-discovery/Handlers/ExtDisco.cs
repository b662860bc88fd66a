using System.Globalization;
using Annex.TurnDiscovery.Credentials;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.TurnDiscovery.Handlers;

/// <summary>The elements of XEP-0215, in both versions that clients ask for; their shapes are the same.</summary>
public static class ExtDisco
{
    public const string Current = "urn:xmpp:extdisco:2";

    /// <summary>Jitsi asks this one.</summary>
    public const string Old = "urn:xmpp:extdisco:1";

    public static readonly IReadOnlyList<string> Versions = [Current, Old];

    public static bool IsVersion(string ns) => ns is Current or Old;

    /// <summary>Answers a services or credentials element; null with an error.</summary>
    public static Element? Answer(ServiceDesk desk, Requester requester, Element asked, out StanzaError? error)
    {
        switch (asked.Name)
        {
            case "services":
                var type = asked["type"];
                var list = desk.List(requester, string.IsNullOrEmpty(type) ? null : type, out error);
                // §3.2: the type that was asked for is repeated.
                return list is null ? null : Services(asked.Namespace, list, type);
            case "credentials":
                if (ReadCredentials(asked, out error) is not { } services)
                    return null;
                var found = desk.Credentials(requester, services, out error);
                return found is null ? null : Fill(new Element("credentials", asked.Namespace), found);
            default:
                error = StanzaError.BadRequest;
                return null;
        }
    }

    public static Element Services(string ns, IReadOnlyList<OfferedService> services, string? type) =>
        Fill(new Element("services", ns).With("type", type), services);

    /// <summary>One service with all that a client may look for.</summary>
    public static Element Service(string ns, OfferedService offered)
    {
        var service = offered.Service;
        var element = new Element("service", ns)
            .With("host", service.Host)
            .With("port", service.Port.ToString(CultureInfo.InvariantCulture))
            .With("transport", service.Transport)
            .With("type", service.Type);
        if (service.Name is not null)
            element.With("name", service.Name);
        if (offered.Credential is not { } credential)
            return element;
        element.With("username", credential.Username).With("password", credential.Password);
        if (credential.Expires is { } expires)
            element.With("expires", XmppDateTime.Format(expires));
        // The word and not the digit: Dino reads "1" as false.
        return element.With("restricted", "true");
    }

    private static Element Fill(Element parent, IReadOnlyList<OfferedService> services)
    {
        foreach (var service in services)
            parent.Add(Service(parent.Namespace, service));
        return parent;
    }

    private static List<AskedService>? ReadCredentials(Element credentials, out StanzaError? error)
    {
        error = null;
        var asked = new List<AskedService>();
        foreach (var service in credentials.Children)
        {
            if (service.Name != "service" || service.Namespace != credentials.Namespace)
                continue;
            var port = 0;
            var hasPort = service["port"] is { Length: > 0 };
            if (service["host"] is not { Length: > 0 } host || service["type"] is not { Length: > 0 } type
                || (hasPort && !TryReadPort(service["port"]!, out port)))
                error = TurnErrors.HostAndTypeMissing;
            else if (asked.Count == ServiceDesk.MaxAsked)
                error = TurnErrors.TooManyServices;
            else
                asked.Add(new AskedService(type, host, port));
            if (error is not null)
                return null;
        }
        if (asked.Count > 0)
            return asked;
        error = TurnErrors.HostAndTypeMissing;
        return null;
    }

    private static bool TryReadPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;
}
