using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>Who is who in a room, by bare JID or domain, and which nicks are reserved for whom.</summary>
internal sealed class AffiliationList
{
    private Dictionary<Jid, AffiliationRecord>? _entries;
    private Dictionary<string, Jid>? _nicks;

    public int Count => _entries?.Count ?? 0;

    /// <summary>Another number after every change.</summary>
    public int Version { get; private set; }

    /// <summary>When the first ban ends by itself; MaxValue: none does.</summary>
    public DateTimeOffset NextEnd { get; private set; } = DateTimeOffset.MaxValue;

    public IEnumerable<AffiliationRecord> All => _entries is null ? [] : _entries.Values;

    /// <summary>§9.2: the bare JID's own entry wins over its domain's.</summary>
    public Affiliation Of(Jid bare)
    {
        if (_entries is null)
            return Affiliation.None;
        if (_entries.TryGetValue(bare, out var entry))
            return entry.Affiliation;
        return bare.HasLocal && _entries.TryGetValue(bare.DomainJid, out entry) ? entry.Affiliation : Affiliation.None;
    }

    /// <summary>The entry of exactly this bare JID or domain.</summary>
    public AffiliationRecord? Entry(Jid subject) => _entries?.GetValueOrDefault(subject);

    /// <summary>Whose nick this is, by registration or by an admin's word; null: nobody's.</summary>
    public Jid? ReservedFor(string nick) => _nicks?.GetValueOrDefault(nick);

    public string? NickOf(Jid bare) => Entry(bare)?.Nick;

    public int CountOf(Affiliation affiliation)
    {
        var count = 0;
        foreach (var entry in All)
        {
            if (entry.Affiliation == affiliation)
                count++;
        }
        return count;
    }

    public void Set(AffiliationRecord entry)
    {
        Version++;
        var before = Entry(entry.Subject);
        if (before?.Nick is { } old)
            _nicks?.Remove(old);
        if (entry.Affiliation == Affiliation.None && entry.Nick is null)
            _entries?.Remove(entry.Subject);
        else
            (_entries ??= [])[entry.Subject] = entry;
        if (before?.Until is not null || entry.Until is not null)
            FindNextEnd();
        if (entry.Affiliation == Affiliation.None && entry.Nick is null)
            return;
        if (entry.Nick is not null)
            (_nicks ??= [])[entry.Nick] = entry.Subject;
    }

    public void Clear()
    {
        Version++;
        _entries = null;
        _nicks = null;
        NextEnd = DateTimeOffset.MaxValue;
    }

    private void FindNextEnd()
    {
        NextEnd = DateTimeOffset.MaxValue;
        foreach (var entry in All)
        {
            if (entry.Until is { } until && until < NextEnd)
                NextEnd = until;
        }
    }

    public IEnumerable<RoomChange> AsChanges() => All.Select(e => new AffiliationChange(e, null));
}
