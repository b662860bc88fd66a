using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>Who is muted in a room. Most rooms mute nobody and keep nothing.</summary>
internal sealed class MuteList
{
    private Dictionary<Jid, MuteRecord>? _mutes;

    public int Count => _mutes?.Count ?? 0;

    public IEnumerable<MuteRecord> All => _mutes is null ? [] : _mutes.Values;

    /// <summary>When the first of them ends by itself; MaxValue: none does.</summary>
    public DateTimeOffset NextEnd { get; private set; } = DateTimeOffset.MaxValue;

    public bool Contains(Jid bare) => _mutes is not null && _mutes.ContainsKey(bare);

    public MuteRecord? Of(Jid bare) => _mutes?.GetValueOrDefault(bare);

    public void Set(MuteRecord mute)
    {
        (_mutes ??= [])[mute.Subject] = mute;
        FindNextEnd();
    }

    public bool Remove(Jid bare)
    {
        if (_mutes is null || !_mutes.Remove(bare))
            return false;
        FindNextEnd();
        return true;
    }

    public void Clear()
    {
        _mutes = null;
        NextEnd = DateTimeOffset.MaxValue;
    }

    private void FindNextEnd()
    {
        NextEnd = DateTimeOffset.MaxValue;
        foreach (var mute in All)
        {
            if (mute.Until is { } until && until < NextEnd)
                NextEnd = until;
        }
    }
}
