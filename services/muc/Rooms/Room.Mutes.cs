using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>Voices that were taken for longer than a visit, and everything in a room that ends by itself: mutes and
/// timed bans. Both are stored with their end, so that it comes after a restart as well.</summary>
internal sealed partial class Room
{
    private long _nextEndTicks = long.MaxValue;

    public MuteList Mutes { get; } = new();

    /// <summary>Whether something has run out. Read from any thread.</summary>
    public bool IsDue(DateTimeOffset now) => Volatile.Read(ref _nextEndTicks) <= now.UtcTicks;

    /// <summary>Takes somebody's voice. What XEP-0045 forbids for a role is forbidden here too: admins and owners keep
    /// theirs.</summary>
    /// <param name="finish">Called with what is to be answered: null for a result.</param>
    public void Mute(MuteRecord mute, Jid? actor, Effects effects, Action<StanzaError?> finish)
    {
        if (AffiliationOf(mute.Subject) >= Affiliation.Admin)
        {
            finish(MucErrors.HigherAffiliation);
            return;
        }
        if (!Mutes.Contains(mute.Subject) && Mutes.Count >= Service.Options.MaxAffiliations)
        {
            finish(MucErrors.TooManyAffiliations);
            return;
        }
        var audit = new AuditRecord(mute.At, mute.By, AuditActions.Mute, mute.Subject.ToString(), mute.Reason,
            EndAsJson(mute.Until));
        Persist(effects, null, [new MuteStored(mute), audit], then =>
        {
            Mutes.Set(mute);
            FindNextEnd();
            foreach (var occupant in OccupantsOf(mute.Subject))
            {
                if (occupant.Role > Role.Visitor)
                    SetRole(occupant, Role.Visitor, actor is null ? null : NickOf(actor.Bare), mute.Reason, then);
            }
            finish(null);
        }, () => finish(MucErrors.StoreAway));
    }

    /// <summary>Gives a voice back, with the role that the room gives now.</summary>
    public void Unmute(Jid subject, Jid? actor, Effects effects, Action<StanzaError?> finish)
    {
        if (!Mutes.Contains(subject))
        {
            finish(StanzaError.ItemNotFound);
            return;
        }
        var audit = new AuditRecord(Service.Now, AuditActors.Of(actor, Service), AuditActions.Unmute, subject.ToString(),
            null, null);
        Persist(effects, null, [new MuteRemoved(subject), audit], then =>
        {
            GiveVoiceBack(subject, actor, then);
            finish(null);
        }, () => finish(MucErrors.StoreAway));
    }

    /// <summary>The role with which somebody enters: who is muted enters without voice.</summary>
    public Role RoleOnEntry(Jid bare, Affiliation affiliation) => WithoutVoice(bare, affiliation, DefaultRole(affiliation));

    private Role WithoutVoice(Jid bare, Affiliation affiliation, Role role) =>
        role > Role.Visitor && affiliation < Affiliation.Admin && Mutes.Contains(bare) ? Role.Visitor : role;

    private List<Occupant> OccupantsOf(Jid bare)
    {
        var found = new List<Occupant>();
        foreach (var occupant in _occupants.Values)
        {
            if (occupant.RealBare.Equals(bare))
                found.Add(occupant);
        }
        return found;
    }

    /// <summary>A moderator gave somebody voice: that is the end of a mute.</summary>
    private void EndMuteBy(Occupant occupant, Role role, Effects effects)
    {
        if (role <= Role.Visitor || !Mutes.Remove(occupant.RealBare))
            return;
        FindNextEnd();
        PersistBehind(effects, new MuteRemoved(occupant.RealBare));
    }

    private void GiveVoiceBack(Jid subject, Jid? actor, Effects effects)
    {
        Mutes.Remove(subject);
        FindNextEnd();
        foreach (var occupant in OccupantsOf(subject))
        {
            var role = DefaultRole(occupant.Affiliation);
            if (occupant.Role == Role.Visitor && role > Role.Visitor)
                SetRole(occupant, role, actor is null ? null : NickOf(actor.Bare), null, effects);
        }
    }

    /// <summary>Bans and mutes whose time has come.</summary>
    private void EndWhatRanOut(DateTimeOffset now, Effects effects)
    {
        var bans = Affiliations.All.Where(e => e.Until <= now)
            .Select(e => new AffiliationRecord(e.Subject, Affiliation.None, null, null)).ToList();
        var mutes = Mutes.All.Where(m => m.Until <= now).Select(m => m.Subject).ToList();
        var changes = new List<RoomChange>();
        foreach (var ban in bans)
        {
            changes.Add(new AffiliationChange(ban, null));
            changes.Add(new AuditRecord(now, AuditActors.Service, AuditActions.Unban, ban.Subject.ToString(), null, null));
        }
        foreach (var mute in mutes)
        {
            changes.Add(new MuteRemoved(mute));
            changes.Add(new AuditRecord(now, AuditActors.Service, AuditActions.Unmute, mute.ToString(), null, null));
        }
        // Refused while the database is away: the next second tries again.
        Persist(effects, null, changes, then =>
        {
            if (bans.Count > 0)
                SetAffiliations(bans, null, then);
            foreach (var mute in mutes)
                GiveVoiceBack(mute, null, then);
            FindNextEnd();
        });
    }

    private void FindNextEnd()
    {
        var next = Affiliations.NextEnd < Mutes.NextEnd ? Affiliations.NextEnd : Mutes.NextEnd;
        Volatile.Write(ref _nextEndTicks, next.UtcTicks);
    }

    private static string? EndAsJson(DateTimeOffset? until) => until is null ? null
        : $$"""{"until":"{{until.Value.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}}"}""";
}
