using Annex.Contracts.Status.V1;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Time;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;
using Google.Protobuf.WellKnownTypes;

namespace Annex.Hosting.Operations;

/// <summary>Looks at the users' XMPP server with a component's eyes: what it shows of itself and of its items, whether it gives
/// out STUN and TURN servers by itself, what time it has.</summary>
internal static class ServerSurvey
{
    // XEP-0215. The name stands here because the question is about the server, not about our own service.
    private const string ExternalServices = "urn:xmpp:extdisco:2";

    // A server lists its components; rooms and users stand below those.
    private const int MaxItems = 60;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<LookAroundResponse> AskAsync(
        ComponentConnection connection, IEnumerable<string> domains, CancellationToken cancellationToken)
    {
        var response = new LookAroundResponse();
        foreach (var domain in domains.Order(StringComparer.Ordinal))
            response.Domains.Add(await AskDomainAsync(connection, Jid.Parse(domain), cancellationToken));
        return response;
    }

    private static async Task<DomainView> AskDomainAsync(
        ComponentConnection connection, Jid domain, CancellationToken cancellationToken)
    {
        var view = new DomainView { Domain = domain.ToString() };
        var asking = (
            Info: AskAsync(connection, domain, new Element("query", DiscoInfo.Namespace), cancellationToken),
            Items: AskAsync(connection, domain, new Element("query", DiscoItems.Namespace), cancellationToken),
            Time: AskAsync(connection, domain, new Element("time", EntityTime.Namespace), cancellationToken),
            Services: AskAsync(connection, domain, new Element("services", ExternalServices), cancellationToken));
        var (info, error) = await asking.Info;
        view.Error = error ?? "";
        if (DiscoInfo.Read(info) is { } read)
            view.Features.AddRange(read.Features);
        if (EntityTime.Read((await asking.Time).Payload) is { } now)
            view.Time = now.ToTimestamp();
        var services = await asking.Services;
        view.ExternalServices = services.Error ?? "list";
        if (DiscoItems.Read((await asking.Items).Payload) is { } items)
        {
            var views = items.Items.Where(i => i.Node is null).DistinctBy(i => i.Jid).Take(MaxItems)
                .Select(i => AskItemAsync(connection, i, cancellationToken));
            view.Items.AddRange(await Task.WhenAll(views));
        }
        return view;
    }

    private static async Task<ItemView> AskItemAsync(
        ComponentConnection connection, DiscoItem item, CancellationToken cancellationToken)
    {
        var view = new ItemView { Jid = item.Jid.ToString(), Name = item.Name ?? "" };
        var (payload, error) = await AskAsync(connection, item.Jid, new Element("query", DiscoInfo.Namespace), cancellationToken);
        view.Error = error ?? "";
        if (DiscoInfo.Read(payload) is { } info)
        {
            view.Identities.AddRange(info.Identities.Select(i => $"{i.Category}/{i.Type}"));
            view.Features.AddRange(info.Features);
        }
        return view;
    }

    private static async Task<(Element? Payload, string? Error)> AskAsync(
        ComponentConnection connection, Jid to, Element payload, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await connection.Iqs.AskAsync(to, StanzaType.Get, payload, Patience, cancellationToken: cancellationToken);
            return reply["type"] == "result"
                ? (reply.Child(payload.Name, payload.Namespace), null)
                : (null, reply.Child("error")?.Children.Select(c => c.Name).FirstOrDefault(n => n != "text") ?? "error");
        }
        catch (TimeoutException)
        {
            return (null, "no answer");
        }
        catch (InvalidOperationException e)
        {
            return (null, e.Message);
        }
    }
}
