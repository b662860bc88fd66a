using System.Reflection;
using Annex.Muc.Rooms;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Services;
using Annex.Xmpp.Extensions.Version;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Handlers;

/// <summary>From the router to the rooms, and what the service itself answers.</summary>
internal sealed class StanzaHandlers(RoomDirectory directory)
{
    private static readonly string ProductVersion =
        typeof(StanzaHandlers).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "0";

    public void Register(StanzaRouter router)
    {
        var basics = new ServiceBasics(directory.Service.Time, new SoftwareVersion("Annex", ProductVersion))
        {
            Elsewhere = ToRoom,
            ItemsHandler = new RoomListing(directory).Answer,
        };
        basics.Identities.Add(new Identity("conference", "text", directory.Options.Name));
        basics.Register(router);
        router.OnPresence(ToRoom).OnMessage(ToRoom).OnAnyIq(ToRoom).OnAnyReply(ToRoom)
            .OnIq(StanzaType.Get, MucNamespaces.Unique, "unique", OnUnique, MucNamespaces.Unique)
            .Advertise(MucNamespaces.Muc).Advertise(MucNamespaces.StableId).Advertise(MucNamespaces.OccupantId)
            .Advertise(MucNamespaces.StanzaId).Advertise(MucNamespaces.Register);
    }

    /// <summary>To a room: its mailbox. To the service itself: nothing that anybody handles.</summary>
    private void ToRoom(in StanzaContext context)
    {
        var stanza = context.Stanza;
        if (directory.Multicast.TryTake(stanza))
            return;
        if (stanza.To is { HasLocal: true } && stanza.From is not null)
            directory.Post(stanza.Detach());
        else if (stanza.Kind == StanzaKind.Iq || (stanza.Kind == StanzaKind.Message && stanza.Type != StanzaType.Error))
            context.Error(StanzaError.ServiceUnavailable);
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
