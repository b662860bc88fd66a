using Microsoft.Extensions.Logging;

namespace Annex.Muc;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A room failed on a stanza (room {RoomHash:x8}); its sender got internal-server-error")]
    public static partial void RoomFailed(ILogger logger, Exception exception, int roomHash);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Rooms} rooms with occupants came back from the database")]
    public static partial void RoomsRestored(ILogger logger, int rooms);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ghost check: {Asked} sessions asked, {Removed} gone")]
    public static partial void GhostsChecked(ILogger logger, int asked, int removed);
}
