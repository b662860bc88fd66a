using Annex.Muc.Rooms;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>XEP-0045 §8, §9, §10.3 to §10.8: lists of roles and affiliations, and their change, several items all or
/// none.</summary>
internal sealed class AdminRequests : IRoomFeature
{
    public bool TryIq(Room room, Stanza iq, Effects effects)
    {
        if (!Room.IsPayload(iq, "query"u8, "http://jabber.org/protocol/muc#admin"u8))
            return false;
        var query = iq.FirstChild!;
        if (iq.Type == StanzaType.Set)
            Change(room, iq, query, effects);
        else
            List(room, iq, query, effects);
        return true;
    }

    private static void List(Room room, Stanza iq, Element query, Effects effects)
    {
        var item = query.Child("item");
        var isRole = Words.TryParse(item?["role"], out Role role);
        var isAffiliation = Words.TryParse(item?["affiliation"], out Affiliation affiliation);
        if (isRole == isAffiliation || (isRole && role == Role.None)
            || (isAffiliation && affiliation == Affiliation.None))
        {
            effects.Error(iq, StanzaError.BadRequest);
            return;
        }
        var refusal = isRole ? RefuseRoleList(room, iq.From!, role)
            : RefuseAffiliationList(room, iq.From!, affiliation);
        if (refusal is not null)
        {
            effects.Error(iq, refusal);
            return;
        }
        // XEP-0045 has no pages for these lists, and a client that does not ask for them must not take a part for the whole.
        if (!PageRequest.TryRead(query, int.MaxValue, out var request, out var error)
            || !Pager.TryUnsorted(isRole ? RoleItems(room, role) : AffiliationItems(room, affiliation), i => i["jid"]!,
                request, out var page, out error))
        {
            effects.Error(iq, error);
            return;
        }
        var answer = new Element("query", MucNamespaces.Admin);
        foreach (var found in page.Items)
            answer.Add(found);
        if (request.IsExplicit)
            answer.Add(page.Result.ToElement());
        effects.Result(iq, answer);
    }

    /// <summary>§8.5: the voice list is the moderators'; §9.8: that of the moderators is the admins'.</summary>
    private static StanzaError? RefuseRoleList(Room room, Jid asker, Role role)
    {
        if (Privileges.MayChangeModerators(room.AffiliationOf(asker.Bare)))
            return null;
        if (role == Role.Moderator)
            return MucErrors.NotAdmin;
        return Privileges.MayChangeVoice(room.RoleOf(asker)) ? null : MucErrors.NotModerator;
    }

    /// <summary>§9.2, §9.5, §10.5, §10.8. In a non-anonymous room whoever may read the member list may read those of
    /// admins and owners; in a semi-anonymous one nobody below the office reads any.</summary>
    private static StanzaError? RefuseAffiliationList(Room room, Jid asker, Affiliation list)
    {
        var own = room.AffiliationOf(asker.Bare);
        if (list >= Affiliation.Admin ? Privileges.MayEditAdminsAndOwners(own) : Privileges.MayEditMembersAndBans(own))
            return null;
        if (list != Affiliation.Outcast && room.Configuration.IsNonAnonymous && MayReadMembers(room, asker, own))
            return null;
        return list >= Affiliation.Admin ? MucErrors.NotOwner : MucErrors.NotAdmin;
    }

    private static bool MayReadMembers(Room room, Jid asker, Affiliation affiliation)
    {
        var readers = room.Configuration.MemberListReaders;
        var byRole = room.RoleOf(asker) switch
        {
            Role.Moderator => Audience.Moderators,
            Role.Participant => Audience.Participants,
            Role.Visitor => Audience.Visitors,
            // §9.5: any member, even if not an occupant, where any occupant may.
            _ => affiliation >= Affiliation.Member ? Audience.Participants : Audience.None,
        };
        var byAffiliation = affiliation switch
        {
            Affiliation.Owner => Audience.Owners | Audience.Admins | Audience.Members,
            Affiliation.Admin => Audience.Admins | Audience.Members,
            Affiliation.Member => Audience.Members,
            _ => Audience.None,
        };
        return (readers & (byRole | byAffiliation)) != 0;
    }

    /// <summary>§17.4: nick, role, affiliation and the full JID.</summary>
    private static List<Element> RoleItems(Room room, Role role)
    {
        var items = new List<Element>();
        foreach (var occupant in room.Occupants)
        {
            if (occupant.Role != role)
                continue;
            for (var i = 0; i < occupant.SessionCount; i++)
            {
                items.Add(new Element("item", MucNamespaces.Admin).With("affiliation", Words.Of(occupant.Affiliation))
                    .With("jid", occupant.SessionAt(i).Jid.ToString()).With("nick", occupant.Nick).With("role",
                    Words.Of(role)));
            }
        }
        return items;
    }

    /// <summary>§17.4: affiliation and bare JID, the nick except for outcasts, never the role.</summary>
    private static List<Element> AffiliationItems(Room room, Affiliation affiliation)
    {
        var items = new List<Element>();
        var isBanList = affiliation == Affiliation.Outcast;
        var nicks = isBanList ? null
            : room.Occupants.DistinctBy(o => o.RealBare).ToDictionary(o => o.RealBare, o => o.Nick);
        foreach (var entry in room.Affiliations.All.Where(e => e.Affiliation == affiliation))
        {
            var item = new Element("item", MucNamespaces.Admin).With("affiliation", Words.Of(affiliation))
                .With("jid", entry.Subject.ToString());
            if (!isBanList)
                item.With("nick", entry.Nick ?? nicks!.GetValueOrDefault(entry.Subject));
            if (isBanList && entry.Reason is not null)
                item.Add("reason", entry.Reason);
            items.Add(item);
        }
        return items;
    }

    private static void Change(Room room, Stanza iq, Element query, Effects effects)
    {
        var change = new AdminChange(room, iq.From!);
        if (change.Read(query) is { } refusal)
        {
            effects.Error(iq, refusal);
            return;
        }
        room.Persist(effects, iq, [.. change.Affiliations.Select(e => new AffiliationChange(e, iq.From!.Bare))],
            then => change.Apply(iq, then));
    }
}
