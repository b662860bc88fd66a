using Annex.Muc.Features;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>
/// One address at which a room is, or could be. A state machine: a command goes in, effects come out, in order. It
/// knows no lock, no waiting, no socket and no storage; whoever runs it (RoomMailbox) runs it alone. Where a change has
/// to be durable first, the room stores it, waits, and goes on with the Stored or Refused that follows; in between it
/// takes nothing but messages that are themselves waiting (<see cref="IsWaiting"/>).
/// </summary>
internal sealed partial class Room
{
    // Of all rooms in which nobody is: never added to.
    private static readonly Dictionary<Jid, Occupant> NoOccupants = [];
    private static readonly Dictionary<Jid, Session> NoSessions = [];

    private Dictionary<Jid, Occupant> _occupants = NoOccupants;
    private Dictionary<Jid, Session> _sessions = NoSessions;
    private readonly SessionList _list = new();
    private Action<Effects>? _whenStored;
    private Action<Effects>? _whenRefused;
    private RateLimit _rate;
    private AbsentMembers? _absent;
    private bool _isSifted = true;

    public Room(ChatService service, Jid jid, StoredRoom? stored = null)
    {
        Service = service;
        Jid = jid;
        Configuration = service.DefaultConfiguration;
        if (stored is not null)
            Restore(stored);
    }

    public ChatService Service { get; }

    /// <summary>The room's bare JID.</summary>
    public Jid Jid { get; }

    /// <summary>Nobody has created a room at this address, or it was destroyed.</summary>
    public bool Exists { get; private set; }

    /// <summary>Created, and not yet configured for the first time (XEP-0045 §10.1.1).</summary>
    public bool IsLocked { get; private set; }

    /// <summary>Between a change that has to be durable and its outcome.</summary>
    public bool IsWaiting => _whenStored is not null;

    public RoomConfiguration Configuration { get; private set; }

    /// <summary>Bare JID of who created it.</summary>
    public Jid? Creator { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public Subject? Subject { get; private set; }

    public Tombstone? Tombstone { get; private set; }

    public AffiliationList Affiliations { get; } = new();

    public History History { get; } = new();

    public AbsentMembers Absent => _absent ??= new AbsentMembers(this);

    public RelayTable Relays { get; } = new();

    public int OccupantCount => _occupants.Count;

    public int SessionCount => _sessions.Count;

    public IEnumerable<Occupant> Occupants => _occupants.Values;

    public SessionList Sessions => _list;

    /// <summary>When the last session left or the last stanza came, for putting idle rooms away.</summary>
    public DateTimeOffset LastUsed { get; private set; }

    /// <summary>Whether nothing would be lost if the room left memory now, and came back from its store.</summary>
    public bool IsIdle => !IsWaiting && _sessions.Count == 0 && Relays.Count == 0 && !IsLocked;

    public void Apply(in RoomCommand command, Effects effects)
    {
        switch (command.Kind)
        {
            case RoomCommandKind.Stanza:
                LastUsed = Service.Now;
                ApplyStanza(command.Stanza!, effects);
                break;
            case RoomCommandKind.Tick:
                ApplyTick(effects);
                break;
            case RoomCommandKind.Stored:
                Resume(_whenStored, effects);
                break;
            case RoomCommandKind.Refused:
                Resume(_whenRefused, effects);
                break;
            case RoomCommandKind.Call:
                command.Call!.Apply(this, effects);
                break;
        }
    }

    /// <summary>Whether this command may be applied while messages wait for their commit: only further messages may, so
    /// that whoever enters finds a settled room.</summary>
    public static bool MayOvertake(in RoomCommand command) =>
        command.Stanza is { Kind: StanzaKind.Message, Type: StanzaType.Groupchat };

    /// <summary>The real bare JID's affiliation: its own entry, else that of its domain (§9.2); operators are
    /// owners, whoever is banned from the service is an outcast everywhere.</summary>
    public Affiliation AffiliationOf(Jid bare) => Service.IsAdmin(bare) ? Affiliation.Owner
        : Service.Bans.Covers(bare) ? Affiliation.Outcast : Affiliations.Of(bare);

    /// <summary>Somebody's occupant id here (XEP-0421): of this room alone, and for ever.</summary>
    public byte[] OccupantIdOf(Jid bare) => Configuration.OccupantIdSalt is { } salt
        ? ChatService.OccupantIdOf(salt, bare) : Service.OccupantIdOf(Jid, bare);

    public Role DefaultRole(Affiliation affiliation) =>
        Privileges.DefaultRole(affiliation, Configuration.IsModerated, Configuration.AreMembersByDefault);

    public bool TryGetSession(Jid? real, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Session? session)
    {
        session = null;
        return real is not null && _sessions.TryGetValue(real, out session);
    }

    public bool TryGetOccupant(Jid occupantJid,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Occupant? occupant) =>
        _occupants.TryGetValue(occupantJid, out occupant);

    public bool TryGetOccupant(string nick, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Occupant? occupant)
    {
        occupant = null;
        return Jid.TryWithResource(nick, out var jid) && _occupants.TryGetValue(jid, out occupant);
    }

    /// <summary>Whether this occupant, or (null) somebody outside, is shown real JIDs.</summary>
    public bool SeesRealJids(Occupant? occupant) =>
        Configuration.IsNonAnonymous || (occupant is not null && Privileges.SeesRealJids(occupant.Role));

    /// <summary>The highest role among this person's occupants; None for somebody who is not here.</summary>
    public Role RoleOf(Jid? real) => TryGetSession(real, out var session) ? session.Occupant.Role : Role.None;

    /// <summary>Goes on with <paramref name="then"/> when the changes are durable: at once in a service without a
    /// store. Refused, it tells the sender of <paramref name="request"/>, and nothing has happened.</summary>
    public void Persist(Effects effects, Stanza? request, IReadOnlyList<RoomChange> changes, Action<Effects> then,
        Action? refused = null)
    {
        if (!Service.IsDurable || changes.Count == 0)
        {
            then(effects);
            return;
        }
        foreach (var change in changes)
        {
            if (change is AffiliationChange affiliation && AuditOf(affiliation) is { } audit)
                effects.Store(audit);
            effects.Store(change);
        }
        effects.Await();
        _whenStored = then;
        _whenRefused = answer =>
        {
            if (request is not null)
                answer.Error(request, MucErrors.StoreAway);
            refused?.Invoke();
            Restate(changes, answer);
        };
    }

    /// <summary>What was refused may be in the database all the same, where its answer was lost: stores, behind it, what holds.</summary>
    private void Restate(IReadOnlyList<RoomChange> changes, Effects effects)
    {
        if (!Exists || IsLocked)
        {
            effects.Store(new RoomRemoved(Jid, Tombstone));
            return;
        }
        foreach (var change in changes)
        {
            if (change is RoomStored)
                effects.Store(new RoomStored(Record));
            else if (change is AffiliationChange { Entry.Subject: var subject })
                effects.Store(new AffiliationChange(Affiliations.Entry(subject)
                    ?? new AffiliationRecord(subject, Affiliation.None, null, null), null));
            else if (change is MuteStored { Mute.Subject: var muted })
                effects.Store(Mutes.Of(muted) is { } mute ? new MuteStored(mute) : new MuteRemoved(muted));
            else if (change is MuteRemoved { Subject: var freed } && Mutes.Of(freed) is { } kept)
                effects.Store(new MuteStored(kept));
            else if (change is SubscriptionChange { Subject: var subscriber })
                effects.Store(new SubscriptionChange(subscriber, _subscriptions?.All.FirstOrDefault(s => s.Subject.Equals(subscriber))));
            else if (change is OccupantRemoved { Session: var jid } && TryGetSession(jid, out var session))
                effects.Store(new OccupantStored(RecordOf(session), session.Occupant.Affiliation));
        }
    }

    /// <summary>Stores without waiting: what may be lost with the last few milliseconds.</summary>
    private void PersistBehind(Effects effects, RoomChange change)
    {
        if (Service.IsDurable && !IsLocked)
            effects.Store(change);
    }

    private RoomRecord Record => new(Jid, Configuration, Creator!, CreatedAt, Subject);

    private void Resume(Action<Effects>? continuation, Effects effects)
    {
        _whenStored = null;
        _whenRefused = null;
        continuation?.Invoke(effects);
    }

    private void ApplyStanza(Stanza stanza, Effects effects)
    {
        if (stanza.From is null || stanza.To is null)
            return;
        switch (stanza.Kind)
        {
            case StanzaKind.Presence:
                ApplyPresence(stanza, effects);
                break;
            case StanzaKind.Message:
                ApplyMessage(stanza, effects);
                break;
            default:
                ApplyIq(stanza, effects);
                break;
        }
    }

    private void ApplyTick(Effects effects)
    {
        var now = Service.Now;
        Relays.Expire(now);
        if (!_isSifted)
            Sift(effects);
        // Left by its last occupant in the moment in which the process ended.
        if (Exists && !IsLocked && !Configuration.IsPersistent && _sessions.Count == 0)
            Vanish(null, effects);
        if (Exists && IsLocked && now >= CreatedAt + Service.Options.LockTimeout)
        {
            // §10.1.1: the owner is assumed to have accepted the default configuration.
            Persist(effects, null, [new RoomStored(Record), .. FirstChanges()], Unlock);
        }
        else if (Exists && !IsLocked && IsDue(now))
        {
            EndWhatRanOut(now, effects);
        }
    }

    private StanzaError By(StanzaError error) => error with { By = Jid.ToString() };
}
