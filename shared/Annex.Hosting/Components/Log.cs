using Microsoft.Extensions.Logging;

namespace Annex.Hosting.Components;

internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "{Component} is connected to {Host}:{Port}")]
    public static partial void Up(ILogger logger, string component, string host, int port);

    [LoggerMessage(101, LogLevel.Warning, "{Component} is down ({Detail}); it will be back by itself")]
    public static partial void Lost(ILogger logger, string component, string? detail);

    [LoggerMessage(102, LogLevel.Error, "{Component} cannot reach the XMPP server at {Host}:{Port} ({Detail}): correct {Keys}, "
        + "or start the server; trying again")]
    public static partial void Unreachable(ILogger logger, string component, string host, int port, string? detail, string keys);

    [LoggerMessage(103, LogLevel.Error, "{Component}: the XMPP server refuses the secret ({Detail}): correct {Keys} (ejabberd says "
        + "the same when it does not know the address {Jid}); trying again slowly")]
    public static partial void WrongSecret(ILogger logger, string component, string? detail, string keys, string jid);

    [LoggerMessage(104, LogLevel.Error, "{Component}: the XMPP server does not know the component {Jid} ({Detail}): correct {Keys}, "
        + "or add the component to the server's configuration; trying again slowly")]
    public static partial void UnknownHost(ILogger logger, string component, string jid, string? detail, string keys);

    [LoggerMessage(105, LogLevel.Error, "{Component}: what listens on {Host}:{Port} is no component port ({Detail}): correct {Keys}; "
        + "trying again slowly")]
    public static partial void NotAComponentPort(
        ILogger logger, string component, string host, int port, string? detail, string keys);

    [LoggerMessage(106, LogLevel.Information, "{Component} stands by: another connection holds the address {Jid} ({Detail}). If there "
        + "is none, the address is one of the server's own domains: correct {Keys}")]
    public static partial void Standby(ILogger logger, string component, string jid, string? detail, string keys);

    [LoggerMessage(107, LogLevel.Error, "{Component} is down: the XMPP server broke the rules of the stream ({Detail}); trying again")]
    public static partial void Violation(ILogger logger, string component, string? detail);

    [LoggerMessage(108, LogLevel.Error, "{Component} is down: the XMPP server ended the stream ({Detail}); trying again")]
    public static partial void Rejected(ILogger logger, string component, string? detail);

    [LoggerMessage(109, LogLevel.Error, "{Component} is down for a defect of ours; trying again")]
    public static partial void Defect(ILogger logger, Exception? exception, string component);

    [LoggerMessage(110, LogLevel.Information, "{Component} is closed")]
    public static partial void Closed(ILogger logger, string component);

    [LoggerMessage(111, LogLevel.Error, "{Component}: a handler failed; the sender of an iq got internal-server-error")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, string component);

    [LoggerMessage(112, LogLevel.Critical, "{Component} could not be made ready to connect; the process ends")]
    public static partial void NotConnected(ILogger logger, Exception exception, string component);
}
