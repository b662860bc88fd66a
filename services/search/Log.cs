using Microsoft.Extensions.Logging;

namespace Annex.Search;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Compared with muc: {Added} rooms added, {Changed} changed, {Removed} removed")]
    public static partial void Reconciled(ILogger logger, int added, int changed, int removed);

    [LoggerMessage(2, LogLevel.Warning, "Cannot compare with muc: {Reason}")]
    public static partial void ReconcileFailed(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Information, "Muc answers again")]
    public static partial void ReconcileWorksAgain(ILogger logger);

    [LoggerMessage(4, LogLevel.Debug, "Visited {Domain}: {Kind}, {Result}")]
    public static partial void Visited(ILogger logger, string domain, Crawler.DomainKind kind, string result);

    [LoggerMessage(5, LogLevel.Warning, "The crawler cannot use the database: {Reason}")]
    public static partial void CrawlFailed(ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Warning, "The index in memory is not up to date: {Reason}")]
    public static partial void MirrorFailed(ILogger logger, string reason);

    [LoggerMessage(8, LogLevel.Information, "Muc told of {Rooms} changed rooms before their events came, or instead of them; they are in the index")]
    public static partial void EventsMissed(ILogger logger, int rooms);

    [LoggerMessage(7, LogLevel.Warning, "More than {Limit} rooms (Search:MaxRoomsInMemory): the database answers all queries")]
    public static partial void TooManyForMemory(ILogger logger, int limit);
}
