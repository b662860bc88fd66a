using Annex.Muc.Rooms;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Features;

/// <summary>XEP-0050 1.3 for a room: its commands stand in disco for the admins and owners who may run them. They run
/// outside of the room's turn: see RoomCommands.</summary>
internal sealed class RoomCommandList : IRoomFeature
{
    /// <summary>Node, name, and the lowest affiliation that may run it.</summary>
    public static readonly IReadOnlyList<(string Node, string Name, Affiliation From)> All =
    [
        ("urn:annex:muc:room:settings", "Settings of the room", Affiliation.Owner),
        ("urn:annex:muc:room:ban", "Ban a person or a domain", Affiliation.Admin),
        ("urn:annex:muc:room:unban", "Lift bans", Affiliation.Admin),
        ("urn:annex:muc:room:mute", "Mute a person", Affiliation.Admin),
        ("urn:annex:muc:room:unmute", "Give a voice back", Affiliation.Admin),
        ("urn:annex:muc:room:retract-all", "Take back all messages of a person", Affiliation.Admin),
        ("urn:annex:muc:room:invite", "Invite people", Affiliation.Admin),
        ("urn:annex:muc:room:audit", "What was done in the room", Affiliation.Owner),
    ];

    public static Affiliation? LowestFor(string node)
    {
        foreach (var command in All)
        {
            if (command.Node == node)
                return command.From;
        }
        return null;
    }

    public bool TryIq(Room room, Stanza iq, Effects effects)
    {
        if (iq.Type != StanzaType.Get)
            return false;
        var isItems = Room.IsPayload(iq, "query"u8, "http://jabber.org/protocol/disco#items"u8);
        if (!isItems && !Room.IsPayload(iq, "query"u8, "http://jabber.org/protocol/disco#info"u8))
            return false;
        var node = iq.FirstChild?["node"];
        var affiliation = room.AffiliationOf(iq.From!.Bare);
        if (node == CommandTable.Namespace)
        {
            effects.Result(iq, isItems ? List(room, affiliation) : Info(node, "automation", "command-list", null));
            return true;
        }
        if (isItems || node is null || LowestFor(node) is not { } lowest)
            return false;
        if (affiliation < lowest)
            effects.Error(iq, StanzaError.ItemNotFound);
        else
            effects.Result(iq, Info(node, "automation", "command-node", All.First(c => c.Node == node).Name));
        return true;
    }

    public void Describe(Room room, RoomDescription description) => description.Features.Add(CommandTable.Namespace);

    private static Annex.Xmpp.Xml.Element List(Room room, Affiliation affiliation)
    {
        var items = new DiscoItems(CommandTable.Namespace);
        foreach (var (node, name, from) in All)
        {
            if (affiliation >= from)
                items.Items.Add(new DiscoItem(room.Jid, name, node));
        }
        return items.ToElement();
    }

    private static Annex.Xmpp.Xml.Element Info(string node, string category, string type, string? name)
    {
        var info = new DiscoInfo(node);
        info.Identities.Add(new Identity(category, type, name));
        if (type == "command-node")
        {
            info.Features.Add(CommandTable.Namespace);
            info.Features.Add(MucNamespaces.DataForm);
        }
        return info.ToElement();
    }
}
