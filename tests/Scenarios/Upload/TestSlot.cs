using System.Xml.Linq;

namespace Annex.Scenarios.Upload;

/// <summary>A slot as a client sees it.</summary>
public sealed record TestSlot(Uri Put, Uri Get, string? Authorization)
{
    public static TestSlot Read(XElement reply)
    {
        XNamespace ns = "urn:xmpp:http:upload:0";
        var slot = reply.Element(ns + "slot") ?? throw new InvalidOperationException($"No slot: {reply}");
        var put = slot.Element(ns + "put")!;
        return new TestSlot(new Uri(put.Attribute("url")!.Value), new Uri(slot.Element(ns + "get")!.Attribute("url")!.Value),
            put.Elements(ns + "header").SingleOrDefault(header => header.Attribute("name")!.Value == "Authorization")?.Value);
    }
}
