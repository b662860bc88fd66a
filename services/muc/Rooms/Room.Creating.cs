using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>Rooms that an operator makes: configured at once, with nobody in them.</summary>
internal sealed partial class Room
{
    /// <param name="owners">Bare JIDs; the first one is the creator.</param>
    /// <param name="configure">Checks the configuration, with the owners in place.</param>
    /// <param name="finish">Called with what is to be answered: null when the room is there for everybody.</param>
    public void Make(IReadOnlyList<Jid> owners, Jid actor, Func<(RoomConfiguration? Configuration, StanzaError? Refusal)> configure,
        Effects effects, Action<StanzaError?> finish)
    {
        if (Exists)
        {
            finish(StanzaError.Conflict);
            return;
        }
        var tombstone = Tombstone;
        Service.Census.TryAddRoom(owners[0], isExempt: true);
        Create(owners[0], effects);
        foreach (var owner in owners.Skip(1))
            Affiliations.Set(new AffiliationRecord(owner, Affiliation.Owner, null, null));
        var (wanted, refusal) = configure();
        if (wanted is null)
        {
            Unmake(tombstone);
            finish(refusal);
            return;
        }
        // With nobody in it, a temporary room would end at once.
        var configuration = wanted with { IsPersistent = true };
        var audit = AuditOf(configuration, actor);
        Persist(effects, null,
            [new RoomStored(Record with { Configuration = configuration }), .. Affiliations.AsChanges(), audit], then =>
        {
            Configuration = configuration;
            Unlock(then);
            finish(null);
        }, () =>
        {
            Unmake(tombstone);
            finish(MucErrors.StoreAway);
        });
    }

    private void Unmake(Tombstone? tombstone)
    {
        Service.Census.RemoveRoom(Creator!);
        Exists = false;
        IsLocked = false;
        Creator = null;
        Tombstone = tombstone;
        Affiliations.Clear();
        Configuration = Service.DefaultConfiguration;
    }
}
