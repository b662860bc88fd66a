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
}
