using System.Globalization;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.LastActivity;

/// <summary>XEP-0012 as a component answers it: how long it has been running (§6).</summary>
public static class ServiceUptime
{
    public const string Namespace = "jabber:iq:last";

    public static Element ToElement(TimeSpan uptime) => new Element("query", Namespace)
        .With("seconds", ((long)Math.Max(uptime.TotalSeconds, 0)).ToString(CultureInfo.InvariantCulture));

    /// <summary>Null where the element is no such answer.</summary>
    public static TimeSpan? Read(Element? query)
    {
        // Seconds beyond an int are beyond a lifetime.
        return query is { Name: "query", Namespace: Namespace } &&
            int.TryParse(query["seconds"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }
}
