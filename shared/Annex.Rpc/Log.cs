using Microsoft.Extensions.Logging;

namespace Annex.Rpc;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "{Method} failed")]
    public static partial void MethodFailed(ILogger logger, string method, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "{Method} refused: {Reason}, from {Peer}")]
    public static partial void Refused(ILogger logger, string method, string reason, string peer);
}
