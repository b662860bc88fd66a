using System.Globalization;
using Annex.Muc.Rooms;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>XEP-0030 2.5 and XEP-0128 1.0 for a room: what it is, who is in it, one's reserved nick (XEP-0045 §6.4,
/// §6.5, §7.12).</summary>
internal sealed class Discovery : IRoomFeature
{
    // With long names some 100 KiB.
    private const int MaxPage = 500;

    public bool TryIq(Room room, Stanza iq, Effects effects)
    {
        if (iq.Type != StanzaType.Get)
            return false;
        if (Room.IsPayload(iq, "query"u8, "http://jabber.org/protocol/disco#info"u8))
            AnswerInfo(room, iq, effects);
        else if (Room.IsPayload(iq, "query"u8, "http://jabber.org/protocol/disco#items"u8))
            AnswerItems(room, iq, effects);
        else
            return false;
        return true;
    }

    private static void AnswerInfo(Room room, Stanza iq, Effects effects)
    {
        var node = iq.FirstChild?["node"];
        switch (node)
        {
            case null or "":
                effects.Result(iq, Describe(room));
                break;
            case "x-roomuser-item":
                effects.Result(iq, ReservedNick(room, iq));
                break;
            case MucNamespaces.Traffic:
                effects.Error(iq, StanzaError.ServiceUnavailable); // nothing is discarded (§17.5 "Allowable Traffic")
                break;
            default:
                effects.Error(iq, StanzaError.ItemNotFound); // XEP-0030 §7
                break;
        }
    }

    private static Element ReservedNick(Room room, Stanza iq)
    {
        var info = new DiscoInfo("x-roomuser-item");
        if (room.Affiliations.NickOf(iq.From!.Bare) is { } nick)
            info.Identities.Add(new Identity("conference", "text", nick));
        return info.ToElement();
    }

    private static Element Describe(Room room)
    {
        var description = new RoomDescription();
        AddCore(room, description);
        foreach (var feature in room.Service.Features)
            feature.Describe(room, description);
        var info = new DiscoInfo();
        var name = room.Configuration.Name is { Length: > 0 } named ? named : room.Jid.Local;
        info.Identities.Add(new Identity("conference", "text", name));
        info.Features.UnionWith(description.Features);
        info.Forms.Add(description.Form);
        return info.ToElement();
    }

    private static void AddCore(Room room, RoomDescription description)
    {
        var configuration = room.Configuration;
        description.Features.UnionWith(
        [
            MucNamespaces.Muc, MucNamespaces.StableId, MucNamespaces.DiscoInfo, MucNamespaces.DiscoItems,
            MucNamespaces.RoomConfig, MucNamespaces.RoomInfo, MucNamespaces.Request,
            configuration.HasPassword ? "muc_passwordprotected" : "muc_unsecured",
            configuration.IsPublic ? "muc_public" : "muc_hidden",
            configuration.IsPersistent ? "muc_persistent" : "muc_temporary",
            configuration.IsMembersOnly ? "muc_membersonly" : "muc_open",
            configuration.IsModerated ? "muc_moderated" : "muc_unmoderated",
            configuration.IsNonAnonymous ? "muc_nonanonymous" : "muc_semianonymous",
        ]);
        description.Add("muc#roominfo_description", FieldType.TextSingle, "Description", configuration.Description);
        description.Add("muc#roominfo_occupants", FieldType.TextSingle, "Number of occupants",
            room.OccupantCount.ToString(CultureInfo.InvariantCulture));
        description.Add("muc#roomconfig_roomname", FieldType.TextSingle, "Room name", configuration.Name);
        description.Add("muc#maxhistoryfetch", FieldType.TextSingle,
            "Maximum Number of History Messages Returned by Room",
            configuration.HistoryLength.ToString(CultureInfo.InvariantCulture));
        description.Add("muc#roominfo_subjectmod", FieldType.Boolean, "Occupants may change the subject",
            Flag(configuration.MayChangeSubject));
        description.Add("muc#roomconfig_changesubject", FieldType.Boolean, "Occupants may change the subject",
            Flag(configuration.MayChangeSubject));
        description.Add("muc#roomconfig_allowinvites", FieldType.Boolean, "Members may invite",
            Flag(configuration.MayInvite));
        if (configuration.Language.Length > 0)
            description.Add("muc#roominfo_lang", FieldType.TextSingle, "Language of discussion",
                configuration.Language);
        if (configuration.Contacts.Length > 0)
            description.Add("muc#roominfo_contactjid", FieldType.JidMulti, "Contact Addresses", configuration.Contacts);
        if (configuration.PubSub.Length > 0)
            description.Add("muc#roomconfig_pubsub", FieldType.TextSingle, "Associated pubsub node",
                configuration.PubSub);
        // §13.4: the topic is shown to outsiders only where everybody may walk in and read it.
        if (room.Subject is { Text.Length: > 0 } subject
            && configuration is { IsPublic: true, IsMembersOnly: false, HasPassword: false })
            description.Add("muc#roominfo_subject", FieldType.TextSingle, "Current Discussion Topic", subject.Text);
    }

    private static List<Occupant> Shown(Room room, Stanza iq) =>
        room.Configuration.IsOccupantListPublic || room.TryGetSession(iq.From, out _)
            ? [.. room.Occupants.Where(o => room.Configuration.Broadcasts(o.Role))]
            : [];

    private static string Flag(bool value) => value ? "1" : "0";

    /// <summary>§6.5: the occupants, where their list is public; else nothing. Occupants see them anyway. In pages where
    /// there are many (XEP-0059).</summary>
    private static void AnswerItems(Room room, Stanza iq, Effects effects)
    {
        var items = new DiscoItems();
        if (iq.FirstChild?["node"] is { Length: > 0 } node)
        {
            effects.Error(iq, node == "http://jabber.org/protocol/muc#rooms" ? StanzaError.ServiceUnavailable
                : StanzaError.ItemNotFound);
            return;
        }
        if (!PageRequest.TryRead(iq.FirstChild!, MaxPage, out var request, out var error)
            || !Pager.TryUnsorted(Shown(room, iq), o => o.Nick, request, out var page, out error))
        {
            effects.Error(iq, error);
            return;
        }
        foreach (var occupant in page.Items)
            items.Items.Add(new DiscoItem(occupant.Jid));
        if (request.IsExplicit || page.IsPartial)
            items.Page = page.Result;
        effects.Result(iq, items.ToElement());
    }
}
