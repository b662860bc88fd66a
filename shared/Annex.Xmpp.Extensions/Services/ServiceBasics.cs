using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Contact;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Extensions.LastActivity;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Extensions.Ping;
using Annex.Xmpp.Extensions.Time;
using Annex.Xmpp.Extensions.Version;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Services;

/// <summary>
/// What every service answers about itself: disco#info and disco#items, ping, version, time, uptime, contact addresses
/// and the list of its commands. One call of <see cref="Register"/> routes it all and advertises it.
/// </summary>
public sealed class ServiceBasics(TimeProvider time, SoftwareVersion version)
{
    private readonly long _start = time.GetTimestamp();
    private StanzaRouter? _router;

    public List<Identity> Identities { get; } = [];

    /// <summary>Forms of disco#info (XEP-0128) beside the contact addresses.</summary>
    public List<DataForm> Forms { get; } = [];

    public ContactAddresses Contact { get; init; } = new();

    /// <summary>The service's commands, or null. Registering the basics registers them too.</summary>
    public CommandTable? Commands { get; init; }

    /// <summary>Which addresses are the service itself; by default the domain alone. A stanza without to is for it as
    /// well.</summary>
    public Func<Jid, bool> IsSelf { get; init; } = to => !to.HasLocal && to.IsBare;

    /// <summary>Takes the same iqs for other addresses (rooms, occupants). Without it they get
    /// service-unavailable.</summary>
    public StanzaHandler? Elsewhere { get; init; }

    /// <summary>disco#info of a node that the basics do not know; null where nobody knows it.</summary>
    public Func<string, Stanza, DiscoInfo?>? NodeInfo { get; init; }

    /// <summary>The service's items, sorted by address (ordinal), for this requester.</summary>
    public Func<Jid, IReadOnlyList<DiscoItem>>? Items { get; init; }

    /// <summary>Answers disco#items of the service in place of <see cref="Items"/>, for lists that do not stand in
    /// memory. Pages are advertised.</summary>
    public StanzaHandler? ItemsHandler { get; init; }

    /// <summary>Items of one answer at most.</summary>
    public int MaxItemsPerPage { get; init; } = 500;

    public void Register(StanzaRouter router)
    {
        _router = router;
        Commands?.Register(router);
        if (Items is not null || ItemsHandler is not null)
            router.Advertise(PageRequest.Namespace);
        router.OnIq(StanzaType.Get, DiscoInfo.Namespace, "query", Route(AnswerInfo), DiscoInfo.Namespace)
            .OnIq(StanzaType.Get, DiscoItems.Namespace, "query", Route(ItemsHandler ?? AnswerItems),
                DiscoItems.Namespace)
            .OnIq(StanzaType.Get, XmppPing.Namespace, "ping", Route((in context) => context.Result()),
                XmppPing.Namespace)
            .OnIq(StanzaType.Get, SoftwareVersion.Namespace, "query",
                Route((in context) => context.Result(version.ToElement())), SoftwareVersion.Namespace)
            .OnIq(StanzaType.Get, EntityTime.Namespace, "time",
                Route((in context) => context.Result(EntityTime.ToElement(time.GetLocalNow()))), EntityTime.Namespace)
            .OnIq(StanzaType.Get, ServiceUptime.Namespace, "query",
                Route((in context) => context.Result(ServiceUptime.ToElement(time.GetElapsedTime(_start)))),
                ServiceUptime.Namespace);
    }

    /// <summary>disco#info of the service itself, with all that its router advertises.</summary>
    public DiscoInfo Info()
    {
        var info = new DiscoInfo();
        info.Identities.AddRange(Identities);
        info.Features.UnionWith(_router?.Features ?? []);
        info.Forms.AddRange(Forms);
        if (!Contact.IsEmpty)
            info.Forms.Add(Contact.ToForm());
        return info;
    }

    /// <summary>disco#items of the service itself, or the list of its commands.</summary>
    public DiscoItems? ItemsOf(Element query, Jid from, Jid to, out StanzaError? error)
    {
        error = null;
        var node = query["node"];
        if (node == CommandTable.Namespace && Commands is not null)
            return Commands.List(from, to);
        if (!string.IsNullOrEmpty(node))
        {
            error = StanzaError.ItemNotFound;
            return null;
        }

        if (!PageRequest.TryRead(query, MaxItemsPerPage, out var request, out error))
            return null;

        var page = Pager.Sorted(Items?.Invoke(from) ?? [], item => item.Jid.ToString(), request);
        var answer = new DiscoItems();
        answer.Items.AddRange(page.Items);
        if (request.IsExplicit || page.IsPartial)
            answer.Page = page.Result;
        return answer;
    }

    private StanzaHandler Route(StanzaHandler own) => (in context) =>
    {
        if (context.Stanza.To is not { } to || IsSelf(to))
            own(context);
        else if (Elsewhere is not null)
            Elsewhere(context);
        else
            context.Error(StanzaError.ServiceUnavailable);
    };

    private void AnswerInfo(in StanzaContext context)
    {
        var stanza = context.Stanza;
        var node = stanza.Child("query", DiscoInfo.Namespace)?["node"];
        var info = string.IsNullOrEmpty(node) ? Info() : NodeInfo?.Invoke(node, stanza);
        if (info is null && stanza is { From: { } from, To: { } to })
            info = Commands?.Info(node!, from, to);

        if (info is null)
            context.Error(StanzaError.ItemNotFound);
        else
            context.Result(info.ToElement());
    }

    private void AnswerItems(in StanzaContext context)
    {
        var stanza = context.Stanza;
        if (stanza.Child("query", DiscoItems.Namespace) is not { } query ||
            stanza is not { From: { } from, To: { } to })
        {
            context.Error(StanzaError.BadRequest);
            return;
        }

        if (ItemsOf(query, from, to, out var error) is { } items)
            context.Result(items.ToElement());
        else
            context.Error(error ?? StanzaError.ItemNotFound);
    }
}
