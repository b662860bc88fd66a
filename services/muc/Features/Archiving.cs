using Annex.Muc.Archive;
using Annex.Muc.Rooms;

namespace Annex.Muc.Features;

/// <summary>XEP-0313 1.1.3: a room that is archived says so. The queries themselves are answered outside of the room's
/// turn, by ArchiveHandlers.</summary>
internal sealed class Archiving : IRoomFeature
{
    public void Describe(Room room, RoomDescription description)
    {
        if (!room.Service.IsDurable || !room.Configuration.IsArchived) return;
        description.Features.Add(ArchiveNamespaces.Mam);
        description.Features.Add(ArchiveNamespaces.Extended);
    }
}
