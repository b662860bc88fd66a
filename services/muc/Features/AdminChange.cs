using System.Text.Json;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>The items of one admin request, checked one after the other against the room as the items before would
/// leave it. One that is refused refuses all (XEP-0045 §9.2).</summary>
internal sealed class AdminChange(Room room, Jid actor)
{
    private readonly Affiliation _actorAffiliation = room.AffiliationOf(actor.Bare);
    private readonly Role _actorRole = room.RoleOf(actor);
    private readonly Dictionary<Jid, AffiliationRecord> _entries = [];
    private readonly Dictionary<Occupant, (Role Role, string? Reason)> _roles = [];

    public IReadOnlyCollection<AffiliationRecord> Affiliations => _entries.Values;

    /// <summary>Checks everything. First whether the actor has any office, then what is asked, then whether it may be
    /// done.</summary>
    public StanzaError? Read(Element query)
    {
        if (_actorRole != Role.Moderator && _actorAffiliation < Affiliation.Admin)
            return MucErrors.NotAdmin;
        var items = query.ChildrenNamed("item").ToList();
        if (items.Count == 0 || items.Count > room.Service.Options.MaxItems)
            return StanzaError.BadRequest;
        foreach (var item in items)
        {
            if (ReadItem(item) is { } refusal)
                return refusal;
        }
        return OwnersAfter() == 0 && room.Affiliations.CountOf(Affiliation.Owner) > 0 ? MucErrors.LastOwner : null;
    }

    private StanzaError? ReadItem(Element item)
    {
        var role = item["role"];
        var affiliation = item["affiliation"];
        if ((role is null) == (affiliation is null))
            return StanzaError.BadRequest; // §17.4: one of them, not both
        var reason = item.Child("reason")?.Text is { Length: > 0 } text ? text : null;
        if (reason?.Length > room.Service.Options.MaxTextLength)
            return StanzaError.NotAcceptable;
        if (role is not null)
            return Words.TryParse(role, out Role wanted) ? ReadRole(item, wanted, reason) : StanzaError.BadRequest;
        return Words.TryParse(affiliation, out Affiliation given) ? ReadAffiliation(item, given, reason)
            : StanzaError.BadRequest;
    }

    private StanzaError? ReadRole(Element item, Role wanted, string? reason)
    {
        if (item["nick"] is not { Length: > 0 } nick)
            return StanzaError.BadRequest;
        if (!room.TryGetOccupant(nick, out var occupant))
            return MucErrors.NoSuchOccupant;
        var from = _roles.TryGetValue(occupant, out var planned) ? planned.Role : occupant.Role;
        if (wanted == Role.None && occupant.RealBare.Equals(actor.Bare))
            return MucErrors.SelfKick; // §8.2: may be denied
        if (!Privileges.HoldsOfficeForRole(_actorRole, _actorAffiliation, from, wanted))
            return wanted == Role.Moderator || from == Role.Moderator ? MucErrors.NotAdmin : MucErrors.NotModerator;
        if (!Privileges.MayChangeRole(_actorAffiliation, occupant.Affiliation, from, wanted))
            return MucErrors.HigherAffiliation;
        _roles[occupant] = (wanted, reason);
        return null;
    }

    private StanzaError? ReadAffiliation(Element item, Affiliation wanted, string? reason)
    {
        if (FindSubject(item, out var subject) is { } unknown)
            return unknown;
        var entry = _entries.GetValueOrDefault(subject!) ?? room.Affiliations.Entry(subject!);
        var from = room.Service.IsAdmin(subject) ? Affiliation.Owner : entry?.Affiliation ?? Affiliation.None;
        // An operator's list is not the room's: he stays what he is, and may still be written into it.
        if (wanted == Affiliation.Outcast && subject!.Equals(actor.Bare))
            return MucErrors.SelfBan;
        if (!Privileges.HoldsOfficeForAffiliation(_actorAffiliation, wanted))
            return wanted >= Affiliation.Admin ? MucErrors.NotOwner : MucErrors.NotAdmin;
        if (!Privileges.MayChangeAffiliation(_actorAffiliation, from))
            return wanted == Affiliation.Outcast ? MucErrors.HigherAffiliation
                : MucErrors.NotOwner; // §9.1; §10.5, §10.8
        if (wanted >= Affiliation.Admin && !subject!.HasLocal)
            return StanzaError.NotAllowed.WithText("A whole domain cannot have this affiliation.");
        if (ReadNick(item, wanted, subject!, entry?.Nick, out var nick) is { } badNick)
            return badNick;
        if (entry is null && wanted != Affiliation.None
            && room.Affiliations.Count + _entries.Count >= room.Service.Options.MaxAffiliations)
            return MucErrors.TooManyAffiliations;
        _entries[subject!] = new AffiliationRecord(subject!, wanted, nick, reason);
        return null;
    }

    /// <summary>The jid attribute, as a bare JID (§10.3); an occupant's nick does as well.</summary>
    private StanzaError? FindSubject(Element item, out Jid? subject)
    {
        subject = null;
        if (item["jid"] is { Length: > 0 } jid)
        {
            if (!Jid.TryParse(jid, out var parsed))
                return StanzaError.JidMalformed;
            subject = parsed.Bare;
            return null;
        }
        if (item["nick"] is not { Length: > 0 } nick)
            return StanzaError.BadRequest;
        if (!room.TryGetOccupant(nick, out var occupant))
            return MucErrors.NoSuchOccupant;
        subject = occupant.RealBare;
        return null;
    }

    /// <summary>§9.3, §9.5: a nick reserves, an empty one frees; an outcast has none (§9.1).</summary>
    private StanzaError? ReadNick(Element item, Affiliation wanted, Jid subject, string? before, out string? nick)
    {
        nick = wanted < Affiliation.Member ? null : before;
        if (item["jid"] is null || item["nick"] is not { } given || wanted < Affiliation.Member)
            return null;
        if (given.Length == 0)
        {
            nick = null;
            return null;
        }
        if (!subject.HasLocal
            || !Nicks.TryPrepare(room.Jid, given, room.Service.Options.MaxNickLength, out var prepared, out _))
            return MucErrors.NickNotAllowed;
        nick = prepared!.Resource;
        var isTaken = (room.Affiliations.ReservedFor(nick!) is { } other && !other.Equals(subject))
            || _entries.Values.Any(e => e.Nick == prepared.Resource && !e.Subject.Equals(subject));
        return isTaken ? MucErrors.NickConflict : null;
    }

    /// <summary>§10.4: whatever the route, a room keeps an owner.</summary>
    private int OwnersAfter()
    {
        if (_entries.Count == 0)
            return 1;
        var owners = room.Affiliations.CountOf(Affiliation.Owner);
        foreach (var entry in _entries.Values)
        {
            var was = room.Affiliations.Entry(entry.Subject)?.Affiliation == Affiliation.Owner;
            var isOwner = entry.Affiliation == Affiliation.Owner;
            owners += (isOwner ? 1 : 0) - (was ? 1 : 0);
        }
        return owners;
    }

    /// <summary>The kicked are told first, then the actor, then the others (§8.2); a change of affiliation or role is
    /// answered before anybody hears of it (§8.3, §9.1).</summary>
    public void Apply(Stanza iq, Effects effects)
    {
        var actorNick = room.NickOf(actor.Bare);
        var kicked = _roles.Where(r => r.Value.Role == Role.None)
            .Select(r => (r.Key, Removal.Kick(actorNick, r.Value.Reason))).ToList();
        foreach (var (occupant, (role, reason)) in _roles)
            Audit(occupant, role, reason, effects);
        room.Remove(kicked, then => then.Result(iq, null), effects);
        foreach (var (occupant, (role, reason)) in _roles)
        {
            if (role != Role.None && role != occupant.Role)
                room.SetRole(occupant, role, actorNick, reason, effects);
        }
        if (_entries.Count > 0)
            room.SetAffiliations([.. _entries.Values], actor, effects);
    }

    private void Audit(Occupant occupant, Role role, string? reason, Effects effects)
    {
        if (role == occupant.Role)
            return;
        var details = role == Role.None ? null
            : JsonSerializer.Serialize(new { from = Words.Of(occupant.Role), to = Words.Of(role) });
        room.Audit(effects, AuditActors.Of(actor, room.Service), role == Role.None ? AuditActions.Kick : AuditActions.Role,
            occupant.RealBare.ToString(), reason, details);
    }
}
