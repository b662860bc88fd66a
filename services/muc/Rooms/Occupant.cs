using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>One nick in a room, with one or more sessions of the same bare JID (XEP-0045 §7.2.8). A room holds tens of
/// thousands of these: no strings or closures of its own.</summary>
internal sealed class Occupant(Jid jid, Jid realBare, byte[] id)
{
    // Nearly everybody has one session; only then is there no list.
    private List<Session>? _more;

    /// <summary>The occupant JID: room@service/nick.</summary>
    public Jid Jid { get; } = jid;

    public string Nick => Jid.Resource!;

    public Jid RealBare { get; } = realBare;

    /// <summary>The occupant id (XEP-0421), ready for an attribute.</summary>
    public byte[] Id { get; } = id;

    public Role Role { get; set; }

    public Affiliation Affiliation { get; set; }

    /// <summary>The session whose presence is the occupant's: the one with the highest priority, the latest among
    /// equals.</summary>
    public Session Primary { get; private set; } = null!;

    public int SessionCount => Primary is null ? 0 : 1 + (_more?.Count ?? 0);

    public Session SessionAt(int index) => index == 0 ? Primary : _more![index - 1];

    public void Add(Session session)
    {
        session.Occupant = this;
        if (Primary is null)
            Primary = session;
        else
            (_more ??= []).Add(session);
        if (!ReferenceEquals(Primary, session) && session.Priority >= Primary.Priority)
            Promote(session);
    }

    public void Remove(Session session)
    {
        if (!ReferenceEquals(Primary, session))
        {
            _more?.Remove(session);
            return;
        }
        if (_more is null || _more.Count == 0)
        {
            Primary = null!;
            return;
        }
        var best = _more[^1];
        foreach (var other in _more)
        {
            if (other.Priority > best.Priority)
                best = other;
        }
        _more.Remove(best);
        Primary = best;
    }

    /// <summary>After a session's presence changed: whether it is now the one that stands for the occupant.</summary>
    public void Reconsider(Session session)
    {
        if (!ReferenceEquals(Primary, session) && session.Priority >= Primary.Priority)
            Promote(session);
    }

    private void Promote(Session session)
    {
        _more!.Remove(session);
        _more.Add(Primary);
        Primary = session;
    }
}
