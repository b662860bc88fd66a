using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Storage;

/// <summary>What one call of IRoomStore.Commit handed over.</summary>
/// <param name="Outcome">Null for what is written behind.</param>
/// <param name="Deadline">Timestamp (TimeProvider) after which an awaited change is given up while the database is away.</param>
internal sealed record PendingChanges(Jid Room, IReadOnlyList<RoomChange> Changes, Action<bool>? Outcome, long Deadline)
{
    /// <summary>A commit for its own sake: see <see cref="BatchWriter.MustTellDelivered"/>.</summary>
    public static PendingChanges Nothing { get; } = new(Jid.Parse("nothing.invalid"), [], null, long.MaxValue);
}
