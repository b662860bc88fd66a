using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>A removed account leaves nothing behind: no standing, no presence, no name on what it wrote.</summary>
internal sealed partial class Room
{
    /// <summary>Takes a person out of the room. Owners are replaced by the admins; where nobody has any standing any
    /// more and nobody is here, the room ends.</summary>
    /// <param name="finish">Called when that is durable: how many entries went, and whether the room ended; null where
    /// it could not be stored.</param>
    public void Erase(Jid person, Effects effects, Action<(int Entries, bool IsDestroyed)?> finish)
    {
        var entry = Affiliations.Entry(person);
        var entries = entry is null ? [] : EntriesWithout(entry);
        var changes = entries.Select(e => (RoomChange)new AffiliationChange(e, null)).ToList();
        if (Mutes.Contains(person))
            changes.Add(new MuteRemoved(person));
        if (_subscriptions?.Contains(person) == true)
            changes.Add(new SubscriptionChange(person, null));
        var isCreator = person.Equals(Creator);
        var subject = Subject is not null && Subject.OccupantId.AsSpan().SequenceEqual(OccupantIdOf(person))
            ? Subject with { By = Jid, OccupantId = [] }
            : Subject;
        if (isCreator || !ReferenceEquals(subject, Subject))
            changes.Add(new RoomStored(Record with { Creator = isCreator ? Service.Jid : Creator!, Subject = subject }));
        // In the same commit, although they are still here: who asks for it afterwards finds nothing of the person.
        foreach (var occupant in OccupantsOf(person))
        {
            for (var i = 0; i < occupant.SessionCount; i++)
                changes.Add(new OccupantRemoved(occupant.SessionAt(i).Jid));
        }
        var willEnd = entry is { Affiliation: Affiliation.Owner } && Affiliations.Count == 1
            && _occupants.Values.All(o => o.RealBare.Equals(person));
        if (willEnd)
            changes.Add(new RoomRemoved(Jid, null));
        Persist(effects, null, changes, then =>
        {
            _subscriptions?.Remove(person);
            RemovePerson(person, then);
            Subject = subject;
            if (isCreator)
                ChangeCreator();
            if (Mutes.Remove(person))
                FindNextEnd();
            if (entries.Count > 0 && Exists)
                SetAffiliations(entries, null, then);
            if (willEnd && Exists)
                Vanish(null, then, isStored: true);
            finish((entry is null ? 0 : 1, willEnd));
        }, () => finish(null));
    }

    /// <summary>Changes messages in memory as they are changed in the archive.</summary>
    public void ReplaceInHistory(IReadOnlyList<ArchiveAppend> replacements)
    {
        foreach (var message in replacements)
            History.Replace(message.Id, message);
    }

    private List<AffiliationRecord> EntriesWithout(AffiliationRecord entry)
    {
        var entries = new List<AffiliationRecord> { new(entry.Subject, Affiliation.None, null, null) };
        // §10.4: a room needs an owner. Those who were trusted next take over.
        if (entry.Affiliation == Affiliation.Owner && Affiliations.CountOf(Affiliation.Owner) == 1)
        {
            entries.AddRange(Affiliations.All.Where(e => e.Affiliation == Affiliation.Admin)
                .Select(e => e with { Affiliation = Affiliation.Owner }));
        }
        return entries;
    }

    private void RemovePerson(Jid person, Effects effects)
    {
        var gone = OccupantsOf(person).Select(o => (o, Removal.Own)).ToList();
        Remove(gone, null, effects);
    }

    private void ChangeCreator()
    {
        Service.Census.RemoveRoom(Creator!);
        Service.Census.AddRoom(Service.Jid);
        Creator = Service.Jid;
    }
}
