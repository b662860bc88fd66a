using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Rooms;

/// <summary>A room's beginning and end (XEP-0045 §10.1, §10.9), and its return from the store.</summary>
internal sealed partial class Room
{
    /// <summary>What a room that is stored for the first time has beside its configuration.</summary>
    private IEnumerable<RoomChange> FirstChanges() =>
        VCard is null ? Affiliations.AsChanges() : Affiliations.AsChanges().Append(new VCardStored(VCard));

    /// <summary>The room is there for everybody from now on.</summary>
    private void Unlock(Effects effects)
    {
        IsLocked = false;
        foreach (var session in _sessions.Values)
            PersistBehind(effects, new OccupantStored(RecordOf(session), session.Occupant.Affiliation));
        Announce(effects);
        if (_sessions.Count == 0)
            AfterLeaving(effects);
    }

    /// <summary>How the list of the service shows it now.</summary>
    private void Announce(Effects effects) =>
        effects.List(Configuration.IsPublic ? new RoomSummary(Jid, Configuration.Name) : null);

    /// <summary>Ends the room at an owner's or operator's word. One unavailable presence for each occupant, none about
    /// the others (§10.9).</summary>
    /// <param name="request">The iq that is answered with a result when all have been told; null: nobody asked.</param>
    /// <param name="finish">Told whether it could be stored.</param>
    public void Destroy(Destruction why, Stanza? request, Effects effects, Action<bool>? finish = null)
    {
        var life = Service.Options.TombstoneLife;
        var tombstone = Configuration.IsPersistent && !IsLocked && life > TimeSpan.Zero
            ? new Tombstone(Jid, why.By, why.Alternate, why.Reason, Service.Now, Service.Now + life)
            : null;
        var audit = new AuditRecord(Service.Now, AuditActors.Of(why.By, Service), AuditActions.Destroy, null, why.Reason, null);
        Persist(effects, request, IsLocked ? [] : [audit, new RoomRemoved(Jid, tombstone)], then =>
        {
            foreach (var session in _sessions.Values)
                SayDestroyed(session, why, then);
            TellSubscribersOfEnd(why, then);
            foreach (var session in _sessions.Values)
                Service.Census.RemoveSession(session.Occupant.RealBare);
            _list.Clear();
            _sessions.Clear();
            _occupants.Clear();
            if (request is not null)
                then.Result(request, null);
            Vanish(tombstone, then, isStored: true);
            finish?.Invoke(true);
        }, () => finish?.Invoke(false));
    }

    private void SayDestroyed(Session session, Destruction why, Effects effects)
    {
        WriteHead(session.Occupant.Jid, isUnavailable: true, [], effects);
        var xml = effects.BeginTail();
        xml.Append("'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/><destroy"u8);
        if (why.Alternate is not null)
        {
            xml.Append(" jid='"u8);
            xml.Append(why.Alternate.Escaped);
            xml.Append("'"u8);
        }
        xml.Append(">"u8);
        WriteText(xml, "password"u8, why.Password);
        WriteText(xml, "reason"u8, why.Reason);
        xml.Append("</destroy><status code='110'/></x>"u8);
        foreach (var feature in Service.Features)
            feature.Decorate(this, session.Occupant, xml);
        xml.Append("</presence>"u8);
        effects.Send(StanzaKind.Presence, session.Jid);
    }

    private static void WriteText(XmlBuffer xml, ReadOnlySpan<byte> name, string? text)
    {
        if (text is null)
            return;
        xml.Append("<"u8);
        xml.Append(name);
        xml.Append(">"u8);
        xml.AppendEscaped(text);
        xml.Append("</"u8);
        xml.Append(name);
        xml.Append(">"u8);
    }

    /// <summary>The room does not exist any more; the address is free, or says where it went.</summary>
    private void Vanish(Tombstone? tombstone, Effects effects, bool isStored = false)
    {
        if (!isStored)
            PersistBehind(effects, new RoomRemoved(Jid, null));
        if (Creator is not null)
            Service.Census.RemoveRoom(Creator);
        Exists = false;
        IsLocked = false;
        Creator = null;
        Subject = null;
        Tombstone = tombstone;
        Affiliations.Clear();
        Mutes.Clear();
        VCard = null;
        FindNextEnd();
        _subscriptions = null;
        History.Clear();
        Configuration = Service.DefaultConfiguration;
        effects.List(null);
        effects.End(tombstone);
    }

    private static StanzaError GoneTo(Tombstone tomb) => StanzaError.Gone with
    {
        ConditionText = tomb.Alternate is null ? null : $"xmpp:{tomb.Alternate}?join",
        Text = tomb.Reason ?? "This room was destroyed.",
    };

    /// <summary>Comes back as it was: nobody is told, since for the occupants nothing happened.</summary>
    private void Restore(StoredRoom stored)
    {
        Tombstone = stored.Tombstone;
        LastUsed = Service.Now;
        if (stored.Record is not { } record)
            return;
        Exists = true;
        Configuration = record.Configuration;
        Creator = record.Creator;
        CreatedAt = record.CreatedAt;
        Subject = record.Subject;
        foreach (var entry in stored.Affiliations)
            Affiliations.Set(entry);
        foreach (var mute in stored.Mutes)
            Mutes.Set(mute);
        VCard = stored.VCard;
        FindNextEnd();
        foreach (var message in stored.History)
            History.Add(message, Configuration.HistoryLength);
        foreach (var entry in stored.Occupants)
            RestoreOccupant(entry);
        RestoreSubscriptions(stored.Subscriptions);
        _isSifted = stored.Occupants.Count == 0;
    }

    /// <summary>A ban or a lost membership is durable before anybody hears of it, and who has to go for it is written
    /// behind: if the process ended in between, they came back with the room.</summary>
    private void Sift(Effects effects)
    {
        _isSifted = true;
        var gone = new List<(Occupant, Removal)>();
        foreach (var occupant in _occupants.Values)
        {
            if (Privileges.MayEnter(occupant.Affiliation, Configuration.IsMembersOnly))
                continue;
            var reason = Affiliations.Entry(occupant.RealBare)?.Reason;
            gone.Add((occupant, occupant.Affiliation == Affiliation.Outcast ? Removal.Ban(null, reason)
                : Removal.LostMembership(null, reason)));
        }
        Remove(gone, null, effects);
    }

    private void RestoreOccupant(OccupantRecord entry)
    {
        if (!Jid.TryWithResource(entry.Nick, out var nick) || _sessions.ContainsKey(entry.Session))
            return;
        var bare = entry.Session.Bare;
        if (!_occupants.TryGetValue(nick, out var occupant))
        {
            var affiliation = AffiliationOf(bare);
            occupant = new Occupant(nick, bare, OccupantIdOf(bare))
            {
                Affiliation = affiliation,
                Role =
                entry.Role
            };
            AddOccupant(occupant);
        }
        else if (!occupant.RealBare.Equals(bare))
        {
            return;
        }
        Attach(new Session(entry.Session) { Presence = entry.Presence ?? Session.PlainPresence, IsRestored = true },
            occupant);
    }
}
