using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Archive;

/// <summary>Asks a room, in its turn, whether somebody may read its archive now (XEP-0313 §6.2.2).</summary>
internal sealed class ArchiveAccess(Jid reader) : RoomCall
{
    private readonly TaskCompletionSource<(StanzaError? Refusal, bool SeesRealJids)> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The refusal, or null with whether real JIDs may be shown.</summary>
    public Task<(StanzaError? Refusal, bool SeesRealJids)> Answer => _answer.Task;

    public override void Apply(Room room, Effects effects)
    {
        var refusal = RefusalOf(room);
        room.TryGetSession(reader, out var session);
        _answer.TrySetResult((refusal, refusal is null && room.SeesRealJids(session?.Occupant)));
    }

    public override void Refuse() => _answer.TrySetResult((MucErrors.StoreAway, false));

    private StanzaError? RefusalOf(Room room)
    {
        if (!room.Exists || room.IsLocked) return MucErrors.NoSuchRoom;
        var affiliation = room.AffiliationOf(reader.Bare);
        if (affiliation == Affiliation.Outcast) return StanzaError.Forbidden;
        var isInside = room.TryGetSession(reader, out _);
        if (room.Configuration.IsMembersOnly && affiliation < Affiliation.Member) return StanzaError.Forbidden;
        // Whoever is inside has given the password; admins need none to know what is said.
        if (room.Configuration.HasPassword && !isInside && affiliation < Affiliation.Admin) return StanzaError.NotAuthorized;
        return null;
    }
}
