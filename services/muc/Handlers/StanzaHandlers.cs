using Annex.Muc.Rooms;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Handlers;

/// <summary>From the router to the rooms, and what the service itself answers: disco, unique names (XEP-0307), ping.</summary>
internal sealed class StanzaHandlers(RoomDirectory directory)
{
    public void Register(StanzaRouter router)
    {
        router.OnPresence(ToRoom);
        router.OnMessage(ToRoom);
        router.OnAnyIq(ToRoom);
        router.OnAnyReply(ToRoom);
        router.OnIq(StanzaType.Get, MucNamespaces.DiscoInfo, "query", OnInfo, MucNamespaces.DiscoInfo);
        router.OnIq(StanzaType.Get, MucNamespaces.DiscoItems, "query", OnItems, MucNamespaces.DiscoItems);
        router.OnIq(StanzaType.Get, MucNamespaces.Ping, "ping", OnPing, MucNamespaces.Ping);
        router.OnIq(StanzaType.Get, MucNamespaces.Unique, "unique", OnUnique, MucNamespaces.Unique);
        router.Advertise(MucNamespaces.Muc).Advertise(MucNamespaces.StableId).Advertise(MucNamespaces.OccupantId)
            .Advertise(MucNamespaces.StanzaId).Advertise(MucNamespaces.Register);
        _router = router;
    }

    private StanzaRouter? _router;

    /// <summary>To a room: its mailbox. To the service itself: nothing that anybody handles.</summary>
    private void ToRoom(in StanzaContext context)
    {
        if (context.Stanza.To is { HasLocal: true })
            directory.Post(context.Stanza.Detach());
        else if (context.Stanza.Kind == StanzaKind.Iq)
            context.Error(StanzaError.ServiceUnavailable);
        else if (context.Stanza.Kind == StanzaKind.Message && context.Stanza.Type != StanzaType.Error)
            context.Error(StanzaError.ServiceUnavailable);
    }

    private void OnPing(in StanzaContext context)
    {
        if (context.Stanza.To is { HasLocal: true })
            ToRoom(context);
        else
            context.Result();
    }

    private void OnInfo(in StanzaContext context)
    {
        if (context.Stanza.To is { HasLocal: true })
        {
            ToRoom(context);
            return;
        }
        if (context.Stanza.FirstChild?["node"] is { Length: > 0 })
        {
            context.Error(StanzaError.ItemNotFound);
            return;
        }
        var query = new Element("query", MucNamespaces.DiscoInfo);
        query.Add(new Element("identity", MucNamespaces.DiscoInfo).With("category", "conference").With("type", "text")
            .With("name", directory.Options.Name));
        foreach (var feature in _router!.Features)
            query.Add(new Element("feature", MucNamespaces.DiscoInfo).With("var", feature));
        query.Add(new Element("feature", MucNamespaces.DiscoInfo).With("var", Paging.Namespace));
        context.Result(query);
    }

    private void OnItems(in StanzaContext context)
    {
        if (context.Stanza.To is { HasLocal: true })
        {
            ToRoom(context);
            return;
        }
        var query = context.Stanza.FirstChild!;
        if (query["node"] is { Length: > 0 })
        {
            context.Error(StanzaError.ItemNotFound);
            return;
        }
        if (!Paging.TryRead(query, out var paging))
        {
            context.Error(StanzaError.BadRequest);
            return;
        }
        var page = directory.List.Page(paging.After, paging.Before, paging.IsFromEnd, paging.Max);
        context.Result(paging.Write(page));
    }

    /// <summary>XEP-0307: a name that nobody has and nobody will guess.</summary>
    private void OnUnique(in StanzaContext context)
    {
        if (context.Stanza.To is { HasLocal: true })
            ToRoom(context);
        else if (!directory.Service.MayCreate(context.Stanza.From!.Bare))
            context.Error(StanzaError.NotAllowed);
        else
            context.Result(new Element("unique", MucNamespaces.Unique).AddText(Guid.NewGuid().ToString("N")));
    }
}
