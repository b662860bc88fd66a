using Annex.Push.Providers;

namespace Annex.Push;

internal static partial class Log
{
    /// <summary>The audit line: one for each attempt, without a token, an address or a word of what was sent.</summary>
    [LoggerMessage(1, LogLevel.Information,
        "push {Verdict} by {Provider} ({Reason}), registration {Registration}, attempt {Attempt}")]
    public static partial void Attempted(
        ILogger logger, PushVerdict verdict, string provider, string reason, long? registration, int attempt);

    [LoggerMessage(2, LogLevel.Error, "sending a push failed by a fault of ours")]
    public static partial void SendFailed(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "{What} failed and will be tried again")]
    public static partial void WorkFailed(ILogger logger, string what, Exception exception);

    [LoggerMessage(4, LogLevel.Information, "made {What}: {File}. Keep a copy of it")]
    public static partial void KeyMade(ILogger logger, string what, string file);

    [LoggerMessage(5, LogLevel.Information, "pushes go out by {Providers}")]
    public static partial void Providers(ILogger logger, string providers);

    [LoggerMessage(6, LogLevel.Warning, "a publish could not be stored; its server was told to wait")]
    public static partial void PublishFailed(ILogger logger, Exception exception);

    [LoggerMessage(7, LogLevel.Warning,
        "publishes of {Domain} are refused more often than Push:MaxRefusalsPerMinute allows")]
    public static partial void ManyRefusals(ILogger logger, string domain);

    [LoggerMessage(8, LogLevel.Information,
        "{Registrations} registrations and {Endpoints} endpoints of a user were removed: {Reason}")]
    public static partial void UserRemoved(ILogger logger, int registrations, int endpoints, string reason);

    [LoggerMessage(9, LogLevel.Information, "{Count} stored tokens are under the newest key now")]
    public static partial void Rotated(ILogger logger, int count);

    [LoggerMessage(10, LogLevel.Warning, "the database is away; requests are answered with 503")]
    public static partial void DatabaseAway(ILogger logger, Exception exception);
}
