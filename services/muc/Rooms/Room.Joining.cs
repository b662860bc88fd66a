using System.Diagnostics.CodeAnalysis;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>Entering a room and changing nick (XEP-0045 §7.1, §7.2, §7.6).</summary>
internal sealed partial class Room
{
    private bool TryPrepareNick(Stanza stanza, [NotNullWhen(true)] out Jid? occupantJid, out bool isRewritten) =>
        Nicks.TryPrepare(Jid, stanza.To!.Resource, Service.Options.MaxNickLength, out occupantJid, out isRewritten);

    private void Join(Stanza stanza, JoinRequest request, Effects effects)
    {
        var bare = stanza.From!.Bare;
        if (!TryPrepareNick(stanza, out var nick, out var isRewritten))
        {
            effects.Error(stanza, By(MucErrors.NickNotAllowed));
            return;
        }
        if (Service.Options.EnforceRegisteredNick && Affiliations.NickOf(bare) is { } registered
            && Jid.TryWithResource(registered, out var own) && !own.Equals(nick))
        {
            nick = own; // §7.10: modified instead of refused
            isRewritten = true;
        }
        var isNew = !Exists;
        var refusal = RefuseByService(bare, effects) ?? (isNew ? RefuseCreation(bare) : RefuseEntry(bare, nick, request));
        if (refusal is null && !Service.Census.MayJoin(bare) && !Service.IsAdmin(bare))
            refusal = MucErrors.TooManyJoined;
        if (refusal is null && isNew && !Service.Census.TryAddRoom(bare, Service.IsAdmin(bare)))
            refusal = MucErrors.TooManyRooms;
        if (refusal is not null)
        {
            effects.Error(stanza, By(refusal));
            return;
        }
        if (isNew)
            Create(bare, effects);
        Enter(stanza, request, nick, isNew, isRewritten, effects);
    }

    private StanzaError? RefuseCreation(Jid bare)
    {
        if (Tombstone is { } tomb && tomb.Until > Service.Now && !tomb.By.Equals(bare) && !Service.IsAdmin(bare))
            return GoneTo(tomb);
        return Service.MayCreate(bare) ? null : MucErrors.CreationRestricted; // §10.1.1
    }

    /// <summary>§7.2.5 to §7.2.10. A ban comes before everything; a locked room is none for all but its
    /// owner.</summary>
    private StanzaError? RefuseEntry(Jid bare, Jid nick, JoinRequest request)
    {
        var affiliation = AffiliationOf(bare);
        if (affiliation == Affiliation.Outcast)
            return MucErrors.Banned;
        if (IsLocked && affiliation != Affiliation.Owner)
            return MucErrors.RoomLocked;
        if (!Privileges.MayEnter(affiliation, Configuration.IsMembersOnly))
            return MucErrors.MembersOnly;
        // Owners need it too: the XEP names no exception, and they can read it in the configuration.
        if (Configuration.HasPassword
            && !string.Equals(request.Password, Configuration.Secret, StringComparison.Ordinal))
            return MucErrors.PasswordRequired;
        if (IsNickTaken(nick, bare))
            return MucErrors.NickConflict;
        // A further session of somebody who is here is no further occupant.
        return !_occupants.ContainsKey(nick) && IsFullFor(affiliation) ? MucErrors.RoomFull : null;
    }

    /// <summary>§7.2.8: in use by, or reserved for, somebody else.</summary>
    public bool IsNickTaken(Jid nick, Jid bare)
    {
        if (_occupants.TryGetValue(nick, out var occupant))
            return !occupant.RealBare.Equals(bare) || occupant.SessionCount >= Service.Options.MaxSessionsPerNick;
        return (Affiliations.ReservedFor(nick.Resource!) ?? _subscriptions?.OwnerOf(nick)) is { } owner && !owner.Equals(bare);
    }

    private bool IsFullFor(Affiliation affiliation)
    {
        var limit = (Configuration.MaxUsers, Service.Options.MaxOccupants) switch
        {
            ( > 0, > 0) => Math.Min(Configuration.MaxUsers, Service.Options.MaxOccupants),
            (0, var service) => service,
            (var own, _) => own,
        };
        if (limit == 0)
            return false;
        // §7.2.9: admins and owners still enter, up to a reserve.
        return _occupants.Count >= limit + (Privileges.MayEnterFullRoom(affiliation) ? Service.Options.ReservedPlaces
            : 0);
    }

    private void Create(Jid creator, Effects effects)
    {
        Exists = true;
        IsLocked = true;
        Creator = creator;
        CreatedAt = Service.Now;
        Configuration = Service.DefaultConfiguration;
        Tombstone = null;
        Affiliations.Clear();
        Affiliations.Set(new AffiliationRecord(creator, Affiliation.Owner, null, null));
        effects.Wake(CreatedAt + Service.Options.LockTimeout);
    }

    private void Enter(Stanza stanza, JoinRequest request, Jid nick, bool isNew, bool isRewritten, Effects effects)
    {
        var bare = stanza.From!.Bare;
        var session = new Session(stanza.From!);
        TakePresence(session, stanza);
        var isKnown = _occupants.TryGetValue(nick, out var occupant);
        if (!isKnown)
        {
            var affiliation = AffiliationOf(bare);
            occupant = new Occupant(nick, bare, OccupantIdOf(bare))
            {
                Affiliation = affiliation,
                Role = RoleOnEntry(bare, affiliation),
            };
            AddOccupant(occupant);
        }
        var shown = isKnown ? occupant!.Primary.Presence : null;
        Attach(session, occupant!);
        effects.Newcomer = session.Jid;
        PersistBehind(effects, new OccupantStored(RecordOf(session), occupant!.Affiliation));
        Synchronise(session, request, stanza, isNew, effects, isRewritten);
        if (!isKnown || !shown.AsSpan().SequenceEqual(occupant!.Primary.Presence))
            TellOthers(occupant!, effects);
        if (isKnown)
            TellSelf(occupant!, null, null, [110], effects, except: session);
    }

    private void AddOccupant(Occupant occupant)
    {
        if (ReferenceEquals(_occupants, NoOccupants))
            _occupants = [];
        _occupants.Add(occupant.Jid, occupant);
    }

    private void Attach(Session session, Occupant occupant)
    {
        occupant.Add(session);
        if (ReferenceEquals(_sessions, NoSessions))
            _sessions = [];
        _sessions.Add(session.Jid, session);
        _list.Add(session);
        _absent?.Invalidate();
        _subscriptions?.Invalidate();
        Service.Census.AddSession(occupant.RealBare);
    }

    private static OccupantRecord RecordOf(Session session) =>
        new(session.Jid, session.Occupant.Nick, session.Occupant.Role, session.Presence);

    /// <summary>All that a session gets on entering, in the order of §7.1: the others, itself, history,
    /// subject.</summary>
    private void Synchronise(Session session, JoinRequest request, Stanza stanza, bool isNew, Effects effects,
        bool isRewritten = false)
    {
        var own = session.Occupant;
        effects.ShowAll(this, session);
        Span<int> codes = stackalloc int[5];
        var count = 0;
        if (Configuration.IsNonAnonymous)
            codes[count++] = 100; // §7.2.3
        codes[count++] = 110;
        if (Configuration.IsLogged)
            codes[count++] = 170; // §7.2.12
        if (isNew)
            codes[count++] = 201; // §10.1.1
        if (isRewritten)
            codes[count++] = 210; // §7.2.2
        TellSelf(own, stanza, session, codes[..count], effects, only: session);
        History.WriteTo(session, request, this, effects);
        SendSubject(session, effects);
        ShowAvatarTo(session, effects);
    }

    /// <summary>§7.6. The sessions of one nick change apart: the old nick stays while another session has it.</summary>
    /// <returns>False: refused, and nothing has changed.</returns>
    private bool ChangeNick(Session session, Jid nick, bool isRewritten, Stanza stanza, Effects effects)
    {
        var before = session.Occupant;
        var registered = Affiliations.NickOf(before.RealBare);
        if (Service.Options.EnforceRegisteredNick && registered is not null && registered != nick.Resource)
        {
            effects.Error(stanza, By(MucErrors.NickLocked));
            return false;
        }
        if (IsNickTaken(nick, before.RealBare))
        {
            effects.Error(stanza, By(MucErrors.NickConflict));
            return false;
        }
        if (!MayTell(session))
        {
            effects.Error(stanza, By(MucErrors.TooFast));
            return false;
        }
        var isKnown = _occupants.TryGetValue(nick, out var after);
        after ??= new Occupant(nick, before.RealBare, before.Id)
        {
            Affiliation = before.Affiliation,
            Role =
            before.Role
        };
        if (!isKnown)
            AddOccupant(after);
        var why = Removal.NickChange(nick.Resource!);
        var isLast = before.SessionCount == 1;
        WriteUnavailable(before, session, [], why, isSelf: true, effects);
        effects.Send(StanzaKind.Presence, session.Jid);
        if (isLast)
            TellOthersGone(before, session, [], why, effects);
        before.Remove(session);
        if (isLast)
            _occupants.Remove(before.Jid);
        after.Add(session);
        TakePresence(session, stanza);
        PersistBehind(effects, new OccupantStored(RecordOf(session), after.Affiliation));
        if (ReferenceEquals(after.Primary, session))
            TellOthers(after, effects);
        TellSelf(after, stanza, session, isRewritten ? [110, 210] : [110], effects);
        // To the session that went, its old nick is now another occupant.
        if (!isLast && Configuration.Broadcasts(before.Role))
            ShowTo(session, before, effects);
        return true;
    }
}
