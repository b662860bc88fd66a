using Microsoft.Extensions.Logging;

namespace Annex.TurnDiscovery;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Service} is down ({Problem}): left out of the answers")]
    public static partial void Down(ILogger logger, string service, string? problem);

    [LoggerMessage(2, LogLevel.Information, "{Service} is back")]
    public static partial void Back(ILogger logger, string service);

    [LoggerMessage(3, LogLevel.Error, "{Service} does not accept its secret ({Problem}): compare TurnDiscovery:Secrets with the "
        + "server's static-auth-secret, and the clocks")]
    public static partial void SecretRefused(ILogger logger, string service, string problem);

    [LoggerMessage(4, LogLevel.Information, "{Service} does not accept the newest secret yet: signing with an older one")]
    public static partial void OlderSecret(ILogger logger, string service);

    [LoggerMessage(5, LogLevel.Warning, "{Domain} does not delegate to us any more: connecting anew")]
    public static partial void DelegationLost(ILogger logger, string domain);

    [LoggerMessage(6, LogLevel.Information, "{Domain} delegates {Namespace} to us")]
    public static partial void Delegated(ILogger logger, string domain, string @namespace);

    [LoggerMessage(7, LogLevel.Warning, "the bans cannot be asked from muc ({Problem}); the known ones stay in force")]
    public static partial void BansUnreachable(ILogger logger, string problem);

    [LoggerMessage(8, LogLevel.Warning, "{File} can be read by everyone: chmod 600, or 640 for a group")]
    public static partial void SecretFileIsOpen(ILogger logger, string file);

    [LoggerMessage(9, LogLevel.Warning, "there is nothing to tell users: add STUN and TURN servers under TurnDiscovery:Services")]
    public static partial void NoServices(ILogger logger);
}
