using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>
/// What outlives the process. The rooms hand over plain changes and never wait on a thread; the store commits those of
/// many rooms together. All members are called from any thread.
/// </summary>
internal interface IRoomStore
{
    /// <summary>All about one address; a StoredRoom without Record where there is no room.</summary>
    /// <exception cref="IOException">The store is away: whoever addressed the room gets
    /// wait/resource-constraint.</exception>
    Task<StoredRoom> LoadAsync(Jid room, CancellationToken cancellationToken);

    /// <summary>Takes over the changes of one room, in the order of the calls. <paramref name="outcome"/> (null for
    /// what is written behind) is called once, from any thread and never inside this call: true when they, and all
    /// before them of this room, are durable; false when that was given up after a bounded time, and then none of them
    /// ever will be.</summary>
    void Commit(Jid room, IReadOnlyList<RoomChange> changes, Action<bool>? outcome);

    /// <summary>Addresses of rooms that had occupants when the process ended.</summary>
    IAsyncEnumerable<Jid> RoomsWithOccupantsAsync(CancellationToken cancellationToken);

    /// <summary>Another one after every change of a room that is durable; what was listed under the same one still holds.</summary>
    long ListVersion { get; }

    /// <summary>One page of the public rooms in the order of their addresses.</summary>
    /// <param name="after">Only rooms behind this one; null: from the start.</param>
    /// <param name="before">Only rooms in front of this one, and the last ones of those; null: no such limit.</param>
    Task<RoomPage> ListPublicAsync(Jid? after, Jid? before, bool fromEnd, int max, CancellationToken cancellationToken);

    /// <summary>How many rooms there are, and how many of them this bare JID created.</summary>
    Task<(int All, int Own)> CountRoomsAsync(Jid creator, CancellationToken cancellationToken);
}

/// <summary>A page of the service's list of rooms.</summary>
/// <param name="FirstIndex">Place of the first room within the whole list.</param>
internal sealed record RoomPage(IReadOnlyList<RoomSummary> Rooms, int FirstIndex, int Total);
