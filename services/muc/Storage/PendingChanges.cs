using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Storage;

/// <summary>What one call of IRoomStore.Commit handed over.</summary>
/// <param name="Outcome">Null for what is written behind.</param>
/// <param name="Deadline">Timestamp (TimeProvider) after which an awaited change is given up while the database is away.</param>
internal sealed record PendingChanges(Jid Room, IReadOnlyList<RoomChange> Changes, Action<bool>? Outcome, long Deadline)
{
    /// <summary>The transaction that may or may not have committed it: its end is unknown until the database says (0: none).</summary>
    public ulong DoubtfulTransaction { get; set; }
}
