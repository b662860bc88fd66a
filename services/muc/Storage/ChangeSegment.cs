using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Storage;

/// <summary>
/// Changes of many rooms that one set of statements can write, folded: of several changes to one row only the last counts. A room
/// that is removed stands alone in its segment, so that no statement has to mind the order of another.
/// </summary>
internal sealed class ChangeSegment
{
    private readonly HashSet<Jid> _touched = [];

    public List<(Jid Room, ArchiveAppend Message)> Messages { get; } = [];

    public List<(Jid Room, Retraction Retraction)> Retractions { get; } = [];

    public Dictionary<Jid, RoomRecord> Rooms { get; } = [];

    public Dictionary<(Jid Room, Jid Subject), AffiliationChange> Affiliations { get; } = [];

    /// <summary>Null: it ended.</summary>
    public Dictionary<(Jid Room, Jid Subject), SubscriptionRecord?> Subscriptions { get; } = [];

    /// <summary>Null: the session left.</summary>
    public Dictionary<(Jid Room, Jid Session), OccupantRecord?> Occupants { get; } = [];

    /// <summary>Presences of sessions that are not in <see cref="Occupants"/>.</summary>
    public Dictionary<(Jid Room, Jid Session), byte[]> Presences { get; } = [];

    /// <summary>What the moderation desk writes beside.</summary>
    public List<(Jid Room, DeskChange Change)> Desk { get; } = [];

    public Dictionary<Jid, RoomRemoved> Removed { get; } = [];

    /// <summary>No statement of it needs the answer of another.</summary>
    public bool IsPlain => Retractions.Count == 0 && Rooms.Count == 0 && Removed.Count == 0;

    /// <summary>Makes as few segments of the changes as their order allows.</summary>
    public static List<ChangeSegment> Split(IEnumerable<PendingChanges> batch)
    {
        var current = new ChangeSegment();
        var segments = new List<ChangeSegment> { current };
        foreach (var pending in batch)
        {
            foreach (var change in pending.Changes)
            {
                if (current.TryAdd(pending.Room, change)) continue;
                segments.Add(current = new ChangeSegment());
                current.TryAdd(pending.Room, change);
            }
        }
        return segments;
    }

    private bool TryAdd(Jid room, RoomChange change)
    {
        if (Removed.ContainsKey(room) || (change is RoomRemoved && _touched.Contains(room))) return false;
        _touched.Add(room);
        switch (change)
        {
            case RoomRemoved removed:
                Removed[room] = removed;
                break;
            case RoomStored stored:
                Rooms[room] = stored.Record;
                break;
            case AffiliationChange affiliation:
                Affiliations[(room, affiliation.Entry.Subject)] = affiliation;
                break;
            case SubscriptionChange subscription:
                Subscriptions[(room, subscription.Subject)] = subscription.Entry;
                break;
            case OccupantStored occupant:
                AddOccupant(room, occupant.Entry);
                break;
            case OccupantRemoved occupant:
                Occupants[(room, occupant.Session)] = null;
                Presences.Remove((room, occupant.Session));
                break;
            case PresenceStored presence:
                AddPresence((room, presence.Session), presence.Presence);
                break;
            case Retraction retraction:
                Retractions.Add((room, retraction));
                break;
            case DeskChange desk:
                Desk.Add((room, desk));
                break;
            case ArchiveAppend message:
                Messages.Add((room, message));
                break;
        }
        return true;
    }

    private void AddOccupant(Jid room, OccupantRecord entry)
    {
        var key = (room, entry.Session);
        if (entry.Presence is null && Presences.Remove(key, out var presence)) entry = entry with { Presence = presence };
        else if (entry.Presence is null && Occupants.GetValueOrDefault(key) is { } earlier) entry = entry with { Presence = earlier.Presence };
        Occupants[key] = entry;
    }

    private void AddPresence((Jid, Jid) key, byte[] presence)
    {
        if (!Occupants.TryGetValue(key, out var entry)) Presences[key] = presence;
        else if (entry is not null) Occupants[key] = entry with { Presence = presence };
    }
}
