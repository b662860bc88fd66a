using System.Reflection;
using Annex.Muc.Rooms;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Services;
using Annex.Xmpp.Extensions.Version;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Handlers;

/// <summary>From the router to the rooms, and what the service itself answers.</summary>
internal sealed class StanzaHandlers(RoomDirectory directory, CommandTable? commands = null)
{
    private static readonly string ProductVersion =
        typeof(StanzaHandlers).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "0";

    public void Register(StanzaRouter router)
    {
        var basics = new ServiceBasics(directory.Service.Time, new SoftwareVersion("Annex", ProductVersion))
        {
            Elsewhere = ToRoom,
            Commands = commands,
            ItemsHandler = new RoomListing(directory, commands).Answer,
        };
        basics.Identities.Add(new Identity("conference", "text", directory.Options.Name));
        basics.Register(router);
        router.OnPresence(ToRoom).OnMessage(ToRoom).OnAnyIq(ToRoom).OnAnyReply(ToRoom)
            .OnIq(StanzaType.Get, MucNamespaces.Unique, "unique", OnUnique, MucNamespaces.Unique)
            .OnIq(StanzaType.Get, MucNamespaces.VCard, "vCard", OnVCard, MucNamespaces.VCard)
            .Advertise(MucNamespaces.Muc).Advertise(MucNamespaces.StableId).Advertise(MucNamespaces.OccupantId)
            .Advertise(MucNamespaces.StanzaId).Advertise(MucNamespaces.Register);
    }

    /// <summary>To a room: its mailbox. To the service itself: nothing that anybody handles.</summary>
    public void ToRoom(in StanzaContext context)
    {
        var stanza = context.Stanza;
        if (directory.Multicast.TryTake(stanza))
            return;
        if (stanza.To is { HasLocal: true } && stanza.From is not null)
            directory.Post(stanza.Detach());
        else if (stanza.Kind == StanzaKind.Iq || (stanza.Kind == StanzaKind.Message && stanza.Type != StanzaType.Error))
            context.Error(StanzaError.ServiceUnavailable);
    }

    /// <summary>XEP-0486 §3.1: the service says that its rooms have vCards; its own holds its name.</summary>
    private void OnVCard(in StanzaContext context)
    {
        if (context.Stanza.To is { HasLocal: true })
            ToRoom(context);
        else
            context.Result(new Element("vCard", MucNamespaces.VCard).Add("FN", directory.Options.Name));
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
