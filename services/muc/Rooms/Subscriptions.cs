using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>
/// Who gets what a room says without being in it (MUC/Sub). Each has an occupant of his own, that nobody sees and that he speaks as,
/// with one session: his bare JID.
/// </summary>
internal sealed class Subscriptions(Room room)
{
    private readonly Dictionary<Jid, (SubscriptionNodes Nodes, Session Session)> _entries = [];
    private readonly Dictionary<Jid, Jid> _nicks = [];
    private readonly Dictionary<SubscriptionNodes, SessionList> _away = [];
    // Bans of the service and block lists have no version: so long they may take to hold here.
    private static readonly TimeSpan BansHoldAfter = TimeSpan.FromSeconds(1);

    private DateTimeOffset _staleAt;
    private int _version = -1;
    private RoomConfiguration? _configuration;

    public int Count => _entries.Count;

    public IEnumerable<SubscriptionRecord> All =>
        _entries.Select(e => new SubscriptionRecord(e.Key, e.Value.Session.Occupant.Nick, e.Value.Nodes));

    public bool Contains(Jid bare) => _entries.ContainsKey(bare);

    /// <summary>Whose nick this is as a subscriber; null: nobody's.</summary>
    public Jid? OwnerOf(Jid nick) => _nicks.GetValueOrDefault(nick);

    public void Set(Jid bare, Jid nick, SubscriptionNodes nodes)
    {
        Remove(bare);
        var session = new Session(bare);
        new Occupant(nick, bare, room.OccupantIdOf(bare)).Add(session);
        _entries[bare] = (nodes, session);
        _nicks[nick] = bare;
    }

    public bool Remove(Jid bare)
    {
        Invalidate();
        if (!_entries.Remove(bare, out var entry))
            return false;
        _nicks.Remove(entry.Session.Occupant.Jid);
        return true;
    }

    /// <summary>Somebody came or went.</summary>
    public void Invalidate() => _away.Clear();

    /// <summary>The session as which somebody speaks who is not in the room; false where he is no subscriber, or may not read.</summary>
    public bool TryGetSpeaker(Jid bare, out Session? session)
    {
        session = null;
        if (!_entries.TryGetValue(bare, out var entry) || !MayRead(bare, out var affiliation))
            return false;
        session = entry.Session;
        session.Occupant.Affiliation = affiliation;
        session.Occupant.Role = room.RoleOnEntry(bare, affiliation);
        return true;
    }

    /// <summary>Those who are to be told of something, are not in the room, and may read what is said there. Kept between messages:
    /// made anew when somebody came, went or changed standing, or the room's rules changed.</summary>
    public SessionList Away(SubscriptionNodes node)
    {
        var now = room.Service.Now;
        if (_version != room.Affiliations.Version || !ReferenceEquals(_configuration, room.Configuration) || now >= _staleAt)
        {
            Invalidate();
            _staleAt = now + BansHoldAfter;
        }
        _version = room.Affiliations.Version;
        _configuration = room.Configuration;
        if (!_away.TryGetValue(node, out var list))
            _away[node] = list = Find(node);
        return list;
    }

    private SessionList Find(SubscriptionNodes node)
    {
        var present = new HashSet<Jid>();
        foreach (var occupant in room.Occupants)
            present.Add(occupant.RealBare);
        var list = new SessionList();
        foreach (var (bare, (nodes, session)) in _entries)
        {
            if ((nodes & node) == 0 || present.Contains(bare) || !MayRead(bare, out var affiliation))
                continue;
            session.Occupant.Affiliation = affiliation;
            session.Occupant.Role = room.RoleOnEntry(bare, affiliation);
            list.Add(session);
        }
        return list;
    }

    private bool MayRead(Jid bare, out Affiliation affiliation)
    {
        affiliation = room.AffiliationOf(bare);
        return affiliation != Affiliation.Outcast && room.Configuration.AllowsSubscriptions
            && Privileges.MayEnter(affiliation, room.Configuration.IsMembersOnly);
    }
}
