using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>Roles and affiliations as they change, and what everybody is told (XEP-0045 §8, §9, §10.3 to §10.8).
/// Whether somebody may do it was decided before: see Privileges.</summary>
internal sealed partial class Room
{
    /// <summary>Sets the role and tells everybody. Across the border of what is broadcast the others see an arrival or
    /// a departure (§7.2.2, §16.5).</summary>
    public void SetRole(Occupant occupant, Role role, string? actorNick, string? reason, Effects effects)
    {
        var wasShown = Configuration.Broadcasts(occupant.Role);
        var before = occupant.Role;
        occupant.Role = role;
        EndMuteBy(occupant, role, effects);
        for (var i = 0; i < occupant.SessionCount; i++)
            PersistBehind(effects, new OccupantStored(RecordOf(occupant.SessionAt(i)), occupant.Affiliation));
        ShowChange(occupant, wasShown, actorNick, reason, effects);
        Reveal(occupant, before, effects);
    }

    /// <summary>§8: a moderator knows the occupants' real JIDs, "through presence"; one who becomes it gets the presence of
    /// those who are here once more, with them.</summary>
    private void Reveal(Occupant moderator, Role before, Effects effects)
    {
        if (Configuration.IsNonAnonymous || Privileges.SeesRealJids(before) || !Privileges.SeesRealJids(moderator.Role))
            return;
        foreach (var occupant in _occupants.Values)
        {
            if (ReferenceEquals(occupant, moderator) || !Configuration.Broadcasts(occupant.Role))
                continue;
            for (var i = 0; i < moderator.SessionCount; i++)
                ShowTo(moderator.SessionAt(i), occupant, effects);
        }
    }

    private void ShowChange(Occupant occupant, bool wasShown, string? actorNick, string? reason, Effects effects)
    {
        TellSelf(occupant, null, null, [110], effects, actorNick: actorNick, reason: reason);
        if (Configuration.Broadcasts(occupant.Role))
            TellOthers(occupant, effects, actorNick, reason);
        else if (wasShown)
            HideFromOthers(occupant, occupant.Primary, [], Removal.Own, effects);
    }

    /// <summary>Takes occupants out of the room: they are told first, then (<paramref name="between"/>) whoever asked
    /// for it, then those who stay (§8.2).</summary>
    public void Remove(IReadOnlyList<(Occupant Occupant, Removal Why)> gone, Action<Effects>? between, Effects effects)
    {
        var sessions = new List<Session>(gone.Count);
        foreach (var (occupant, why) in gone)
        {
            sessions.Add(occupant.Primary);
            while (occupant.SessionCount > 0)
            {
                var session = occupant.SessionAt(occupant.SessionCount - 1);
                Detach(session, effects);
                WriteUnavailable(occupant, session, [], why, isSelf: true, effects);
                effects.Send(StanzaKind.Presence, session.Jid);
            }
            _occupants.Remove(occupant.Jid);
        }
        between?.Invoke(effects);
        for (var i = 0; i < gone.Count; i++)
            TellOthersGone(gone[i].Occupant, sessions[i], [], gone[i].Why, effects);
        if (gone.Count > 0)
            AfterLeaving(effects);
    }

    /// <summary>Makes the changes and tells everybody. Whoever asked has his answer already (§9.1: the list, the
    /// answer, the occupants).</summary>
    public void SetAffiliations(IReadOnlyList<AffiliationRecord> entries, Jid? actor, Effects effects)
    {
        var before = entries.ToDictionary(e => e.Subject, e => AffiliationOf(e.Subject));
        foreach (var entry in entries)
            Affiliations.Set(entry);
        FindNextEnd();
        var actorNick = actor is null ? null : NickOf(actor.Bare);
        var gone = new List<(Occupant, Removal)>();
        var present = new HashSet<Jid>();
        foreach (var occupant in _occupants.Values)
        {
            present.Add(occupant.RealBare);
            var entry = entries.FirstOrDefault(e => e.Subject.Equals(occupant.RealBare))
                ?? entries.FirstOrDefault(e => e.Subject.Equals(occupant.RealBare.DomainJid));
            if (entry is null)
                continue;
            if (Reconsider(occupant, entry, actorNick, effects) is { } removal)
                gone.Add((occupant, removal));
        }
        Remove(gone, null, effects);
        foreach (var entry in entries)
        {
            if (entry.Affiliation == Affiliation.Outcast)
                EndSubscription(entry.Subject, effects);
            if (before[entry.Subject] != entry.Affiliation)
                TellSubscribersOfAffiliation(entry, effects);
            if (before[entry.Subject] != entry.Affiliation && !present.Contains(entry.Subject))
                TellOfAbsent(entry, before[entry.Subject], actor, effects);
        }
    }

    /// <returns>Why the occupant has to leave; null where it stays.</returns>
    private Removal? Reconsider(Occupant occupant, AffiliationRecord entry, string? actorNick, Effects effects)
    {
        var before = occupant.Affiliation;
        var after = AffiliationOf(occupant.RealBare);
        occupant.Affiliation = after;
        if (after == Affiliation.Outcast)
            return Removal.Ban(actorNick, entry.Reason);
        if (!Privileges.MayEnter(after, Configuration.IsMembersOnly))
            return Removal.LostMembership(actorNick, entry.Reason); // §9.4: no presence in between
        if (after == before)
            return null;
        var wasShown = Configuration.Broadcasts(occupant.Role);
        var role = occupant.Role;
        occupant.Role = WithoutVoice(occupant.RealBare, after, Privileges.RoleAfter(before, after, occupant.Role,
            Configuration.IsModerated, Configuration.AreMembersByDefault));
        for (var i = 0; i < occupant.SessionCount; i++)
            PersistBehind(effects, new OccupantStored(RecordOf(occupant.SessionAt(i)), after));
        ShowChange(occupant, wasShown, actorNick, entry.Reason, effects);
        Reveal(occupant, role, effects);
        return null;
    }

    /// <summary>The nick of this bare JID's occupant, if it is here.</summary>
    public string? NickOf(Jid bare)
    {
        foreach (var occupant in _occupants.Values)
        {
            if (occupant.RealBare.Equals(bare))
                return occupant.Nick;
        }
        return null;
    }

    /// <summary>A change for somebody who is not here: the room says so to its occupants (§9, §10, example 195); an
    /// invitation goes to a new member of a members-only room (§9.5); perhaps 101 to the person (§18.1).</summary>
    private void TellOfAbsent(AffiliationRecord entry, Affiliation before, Jid? actor, Effects effects)
    {
        WriteAffiliationMessage(entry, effects);
        effects.Broadcast(StanzaKind.Message, _list);
        if (!entry.Subject.HasLocal || Service.IsAdmin(entry.Subject))
            return;
        if (Configuration.IsMembersOnly && before == Affiliation.None && entry.Affiliation == Affiliation.Member)
            SendInvitation(entry.Subject, actor, entry.Reason, null, effects);
        else if (Service.Options.TellAbsentOfAffiliation)
            SendOutOfRoom(entry, effects);
    }

    private void WriteAffiliationMessage(AffiliationRecord entry, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message from='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' id='"u8);
        xml.Append(Service.NewId());
        xml.Append("' to='"u8);
        if (!Configuration.IsNonAnonymous)
            WriteAffiliationTail(effects.BeginTail(), entry, showsJid: false);
        WriteAffiliationTail(OpenTail(effects), entry, showsJid: true);
    }

    private static void WriteAffiliationTail(XmlBuffer xml, AffiliationRecord entry, bool showsJid)
    {
        xml.Append("'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='"u8);
        xml.Append(Words.Utf8(entry.Affiliation));
        if (showsJid)
        {
            xml.Append("' jid='"u8);
            xml.Append(entry.Subject.Escaped);
        }
        xml.Append("' role='none'/></x></message>"u8);
    }

    private void SendOutOfRoom(AffiliationRecord entry, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message from='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='"u8);
        xml.Append(Words.Utf8(entry.Affiliation));
        xml.Append("' role='none'/><status code='101'/></x></message>"u8);
        effects.Send(StanzaKind.Message, entry.Subject);
    }

    /// <summary>An invitation in the room's name (§7.8.2). In a semi-anonymous room the inviter is named by occupant
    /// JID, or not at all: a reason for inviting is none for showing a real JID.</summary>
    public void SendInvitation(Jid to, Jid? inviter, string? reason, (bool IsThere, string? Thread)? continuation,
        Effects effects,
        string? id = null)
    {
        var xml = effects.BeginHead();
        xml.Append("<message from='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' id='"u8);
        if (id is null)
            xml.Append(Service.NewId());
        else
            xml.AppendEscaped(id);
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'><x xmlns='http://jabber.org/protocol/muc#user'><invite from='"u8);
        xml.Append(AddressShownFor(inviter).Escaped);
        xml.Append("'>"u8);
        WriteText(xml, "reason"u8, reason);
        if (continuation is { IsThere: true } next)
        {
            xml.Append("<continue"u8);
            if (next.Thread is not null)
            {
                xml.Append(" thread='"u8);
                xml.AppendEscaped(next.Thread);
                xml.Append("'"u8);
            }
            xml.Append("/>"u8);
        }
        xml.Append("</invite>"u8);
        WriteText(xml, "password"u8, Configuration.HasPassword ? Configuration.Secret : null);
        xml.Append("</x></message>"u8);
        effects.Send(StanzaKind.Message, to);
    }

    /// <summary>How somebody inside is named to somebody outside.</summary>
    private Jid AddressShownFor(Jid? person)
    {
        if (person is null)
            return Jid;
        if (Configuration.IsNonAnonymous)
            return person.Bare;
        return NickOf(person.Bare) is { } nick && Jid.TryWithResource(nick, out var occupantJid) ? occupantJid : Jid;
    }
}
