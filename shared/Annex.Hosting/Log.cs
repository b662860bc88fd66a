using Microsoft.Extensions.Logging;

namespace Annex.Hosting;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Annex {Version}: {Services}")]
    public static partial void Starting(ILogger logger, string version, string services);

    [LoggerMessage(2, LogLevel.Information, "{Key}: listening on {Address}")]
    public static partial void Listening(ILogger logger, string key, string address);

    [LoggerMessage(3, LogLevel.Warning, "{Key}: the certificate {File} cannot be read ({Problem}); the last one stays in use")]
    public static partial void CertificateUnreadable(ILogger logger, string key, string file, string problem);

    [LoggerMessage(4, LogLevel.Information, "{Key}: the certificate was read again, valid until {Until}")]
    public static partial void CertificateRead(ILogger logger, string key, DateTime until);

    [LoggerMessage(20, LogLevel.Warning, "{Service}: the database is away ({Problem}): start it or correct Database; trying again")]
    public static partial void DatabaseAway(ILogger logger, string service, string problem);

    [LoggerMessage(21, LogLevel.Warning,
        "{Service}: the database has been used by a newer release (migration {Migration} is unknown here)")]
    public static partial void DatabaseNewer(ILogger logger, string service, string migration);

    [LoggerMessage(22, LogLevel.Information, "{Service}: schema {Schema} brought up to date, {Count} migrations")]
    public static partial void Migrated(ILogger logger, string service, string schema, int count);

    [LoggerMessage(30, LogLevel.Information, "Lease {Lease} is held, epoch {Epoch}")]
    public static partial void LeaseHeld(ILogger logger, string lease, long epoch);

    [LoggerMessage(31, LogLevel.Information, "Lease {Lease} is held by another process: standing by")]
    public static partial void LeaseStandby(ILogger logger, string lease);

    [LoggerMessage(32, LogLevel.Critical, "Lease {Lease} is lost: this process ends, its successor stands by")]
    public static partial void LeaseLost(ILogger logger, string lease);

    [LoggerMessage(33, LogLevel.Warning, "Lease {Lease} could not be given back ({Problem}); it expires by itself")]
    public static partial void LeaseNotReturned(ILogger logger, string lease, string problem);

    [LoggerMessage(34, LogLevel.Debug, "Lease {Lease}: the database is away ({Problem})")]
    public static partial void LeaseDatabaseAway(ILogger logger, string lease, string problem);

    [LoggerMessage(40, LogLevel.Information, "Events travel through RabbitMQ")]
    public static partial void BusConnected(ILogger logger);

    [LoggerMessage(41, LogLevel.Warning,
        "RabbitMQ at {Host}:{Port} is away ({Problem}): start it or correct Bus:RabbitMq; events wait, trying again")]
    public static partial void BusAway(ILogger logger, string host, int port, string problem);

    [LoggerMessage(42, LogLevel.Warning, "{Service}: events wait in the outbox ({Problem})")]
    public static partial void OutboxWaits(ILogger logger, string service, string problem);

    [LoggerMessage(43, LogLevel.Information, "{Service}: events leave again")]
    public static partial void OutboxGoesOn(ILogger logger, string service);

    [LoggerMessage(44, LogLevel.Error, "{Service}: {Count} events {Event} cannot be sent and were put into event_errors: {Problem}")]
    public static partial void UnknownEvent(ILogger logger, string service, string @event, int count, string problem);

    [LoggerMessage(45, LogLevel.Warning, "{Service}: {Consumer} failed at event {Id}, attempt {Attempt}")]
    public static partial void ConsumerFailed(
        ILogger logger, string service, string consumer, Guid id, int attempt, Exception exception);

    [LoggerMessage(46, LogLevel.Error, "{Service}: {Consumer} failed at event {Id} too often; it is in event_errors")]
    public static partial void EventPutAside(ILogger logger, string service, string consumer, Guid id);

    [LoggerMessage(47, LogLevel.Warning, "{Service}: {Consumer} failed again at event {Id} from event_errors")]
    public static partial void RedeliveryFailed(ILogger logger, string service, string consumer, Guid id, Exception exception);

    [LoggerMessage(48, LogLevel.Debug, "{Service}: redelivery waits for the database ({Problem})")]
    public static partial void RedeliveryWaits(ILogger logger, string service, string problem);

    [LoggerMessage(49, LogLevel.Information, "{Service}: compared with muc, {Count} service-wide bans mended")]
    public static partial void BansMended(ILogger logger, string service, int count);

    [LoggerMessage(50, LogLevel.Warning, "{Service}: cannot compare service-wide bans with muc: {Problem}")]
    public static partial void BansNotCompared(ILogger logger, string service, string problem);

    [LoggerMessage(51, LogLevel.Information, "{Service}: service-wide bans are compared with muc again")]
    public static partial void BansCompared(ILogger logger, string service);
}
