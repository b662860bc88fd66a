namespace Annex.Muc.Storage;

/// <summary>A room that a commit changed or ended, and the version that the event of it carries.</summary>
internal sealed record CommittedRoom(string Room, long Version);
