using Annex.Xmpp.Addressing;

namespace Annex.Muc.Storage;

/// <summary>The archives of rooms that were written to, and each one's last number. Belongs to the committer, which alone gives
/// numbers out: the lease sees to it that no other process does.</summary>
internal sealed class ArchiveNumbers
{
    private const int MaxKept = 100_000;

    private readonly Dictionary<Jid, (long Archive, long Last)> _rooms = [];

    public bool TryGet(Jid room, out (long Archive, long Last) numbers) => _rooms.TryGetValue(room, out numbers);

    public void Set(Jid room, long archive, long last)
    {
        _rooms[room] = (archive, last);
    }

    /// <summary>Between two batches, never within one: it goes by what it found at its beginning.</summary>
    public void Trim()
    {
        if (_rooms.Count >= MaxKept) _rooms.Clear();
    }

    public void Forget(Jid room) => _rooms.Remove(room);

    /// <summary>A transaction failed: what is true stands in the database.</summary>
    public void Clear() => _rooms.Clear();
}
