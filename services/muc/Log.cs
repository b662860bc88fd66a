using Annex.Xmpp.Addressing;
using Microsoft.Extensions.Logging;

namespace Annex.Muc;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error,
        Message = "A room failed on a stanza (room {RoomHash:x8}); its sender got internal-server-error")]
    public static partial void RoomFailed(ILogger logger, Exception exception, int roomHash);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Rooms} rooms with occupants came back from the database")]
    public static partial void RoomsRestored(ILogger logger, int rooms);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ghost check: {Asked} sessions asked, {Removed} gone")]
    public static partial void GhostsChecked(ILogger logger, int asked, int removed);

    [LoggerMessage(Level = LogLevel.Information, Message = "Multicast by {Service}, {MaxAddresses} addresses a stanza")]
    public static partial void MulticastFound(ILogger logger, Jid service, int maxAddresses);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Muc:Multicast is enabled, but the server has no multicast service that delivers what is sent to it")]
    public static partial void NoMulticast(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The server's multicast service refused a stanza; each occupant gets a copy of their own until it is tried again")]
    public static partial void MulticastFailed(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The database is away ({Reason}); messages wait, changes are kept")]
    public static partial void StoreAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database is back; what waited is stored")]
    public static partial void StoreBack(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The database is away for so long that changes of who is in which room are dropped (Muc:MaxPendingChanges)")]
    public static partial void StoreBehindDropped(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Block list {Node} of {Service} is followed: {Entries} entries")]
    public static partial void BlockListFollowed(ILogger logger, Annex.Xmpp.Addressing.Jid service, string node, int entries);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Block list {Node} of {Service} is not to be had ({Problem}); what is known of it stays in force")]
    public static partial void BlockListLost(ILogger logger, Annex.Xmpp.Addressing.Jid service, string node, string problem);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Block list {Node} of {Service} has more than {Limit} entries (Muc:MaxBlockListEntries); the rest is left out")]
    public static partial void BlockListTooLong(ILogger logger, Annex.Xmpp.Addressing.Jid service, string node, int limit);

    [LoggerMessage(Level = LogLevel.Error, Message = "Changes of a room could not be stored")]
    public static partial void StoreFailed(ILogger logger, Exception exception);
}
