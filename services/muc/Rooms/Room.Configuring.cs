using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>The configuration as it changes (XEP-0045 §10.1.2, §10.1.3, §10.2).</summary>
internal sealed partial class Room
{
    /// <summary>Takes a configuration and lists of affiliations that were found valid; unlocks a locked room.</summary>
    public void Configure(RoomConfiguration configuration, IReadOnlyList<AffiliationRecord> entries, Jid actor,
        Stanza? request,
        Effects effects, Action<StanzaError?>? finish = null)
    {
        var changes = new List<RoomChange> { new RoomStored(Record with { Configuration = configuration }) };
        if (IsLocked)
            changes.AddRange(FirstChanges());
        changes.AddRange(entries.Select(e => new AffiliationChange(e, actor)));
        changes.Add(AuditOf(configuration, actor));
        Persist(effects, request, changes, then =>
        {
            TakeConfiguration(configuration, entries, actor, request, then);
            finish?.Invoke(null);
        }, () => finish?.Invoke(MucErrors.StoreAway));
    }

    private void TakeConfiguration(RoomConfiguration configuration, IReadOnlyList<AffiliationRecord> entries, Jid actor,
        Stanza? request, Effects effects)
    {
        var before = Configuration;
        Configuration = configuration;
        History.Trim(configuration.HistoryLength);
        if (request is not null)
            effects.Result(request, null);
        if (IsLocked)
            Unlock(effects);
        else if (before.IsPublic != configuration.IsPublic || before.Name != configuration.Name)
            Announce(effects);
        // Whoever may not stay goes before anything is said about the new shape of the room (§10.2).
        if (configuration.IsMembersOnly && !before.IsMembersOnly)
            RemoveStrangers(entries, effects);
        if (entries.Count > 0)
            SetAffiliations(entries, actor, effects);
        if (configuration.PresenceBroadcast != before.PresenceBroadcast)
            RedrawPresence(before, effects);
        if (configuration.IsModerated != before.IsModerated && !configuration.IsModerated)
            GiveVoice(effects);
        if (configuration != before)
            SayChanged(before, effects);
        if (Exists && !configuration.IsPersistent)
            AfterLeaving(effects);
    }

    /// <summary>322, to those who go and to those who stay.</summary>
    private void RemoveStrangers(IReadOnlyList<AffiliationRecord> entries, Effects effects)
    {
        var gone = _occupants.Values
            .Where(o => o.Affiliation == Affiliation.None && !entries.Any(e => e.Subject.Equals(o.RealBare)
                && e.Affiliation >= Affiliation.Member))
            .Select(o => (o, Removal.NotMember)).ToList();
        Remove(gone, null, effects);
    }

    /// <summary>Roles that were shown and are not any more, or the other way round.</summary>
    private void RedrawPresence(RoomConfiguration before, Effects effects)
    {
        foreach (var occupant in _occupants.Values)
        {
            var wasShown = before.Broadcasts(occupant.Role);
            var isShown = Configuration.Broadcasts(occupant.Role);
            if (isShown && !wasShown)
                TellOthers(occupant, effects);
            else if (wasShown && !isShown)
                HideFromOthers(occupant, occupant.Primary, [], Removal.Own, effects);
        }
    }

    /// <summary>In a room that is no longer moderated everybody has voice (§5.1.2).</summary>
    private void GiveVoice(Effects effects)
    {
        foreach (var occupant in _occupants.Values)
        {
            if (occupant.Role == Role.Visitor && !Mutes.Contains(occupant.RealBare))
                SetRole(occupant, Role.Participant, null, null, effects);
        }
    }

    /// <summary>§10.2.1: one message with nothing but the codes that apply; 104 where privacy is not touched.</summary>
    private void SayChanged(RoomConfiguration before, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message type='groupchat' from='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' id='"u8);
        xml.Append(Service.NewId());
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'"u8);
        var tail = xml.Length;
        xml.Append("><x xmlns='http://jabber.org/protocol/muc#user'>"u8);
        var isPrivacy = before.IsLogged != Configuration.IsLogged
            || before.IsNonAnonymous != Configuration.IsNonAnonymous;
        if (before.IsLogged != Configuration.IsLogged)
            WriteStatus(xml, Configuration.IsLogged ? 170 : 171);
        if (before.IsNonAnonymous != Configuration.IsNonAnonymous)
            WriteStatus(xml, Configuration.IsNonAnonymous ? 172 : 173);
        if (!isPrivacy)
            WriteStatus(xml, 104);
        xml.Append("</x></message>"u8);
        effects.Broadcast(StanzaKind.Message, _list);
        if (_subscriptions is not null)
        {
            TellSubscribersOfMessage(SubscriptionNodes.Config, Service.NewId(), Jid, [], xml.Slice(tail, xml.Length - tail).ToArray(),
                effects);
        }
    }
}
