using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Annex.Hosting.Observability;

/// <summary>What hosting itself counts. Labels are names of services, consumers and events: a bounded set.</summary>
internal static class HostingMetrics
{
    private static readonly Meter Meter = new("Annex.Hosting");
    private static readonly ConcurrentDictionary<string, double> OutboxLag = new(StringComparer.Ordinal);

    private static readonly Counter<long> Sent =
        Meter.CreateCounter<long>("annex.events.sent", "{event}", "Events that left an outbox, confirmed.");

    private static readonly Counter<long> Consumed =
        Meter.CreateCounter<long>("annex.events.consumed", "{event}", "Events that a consumer applied.");

    private static readonly Counter<long> SeenBefore =
        Meter.CreateCounter<long>("annex.events.seen_before", "{event}", "Events that came a second time and were dropped.");

    private static readonly Counter<long> PutAside =
        Meter.CreateCounter<long>("annex.events.put_aside", "{event}", "Events that went into event_errors.");

    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("annex.events.exceptions", "{exception}", "Exceptions of consumers.");

    static HostingMetrics() => Meter.CreateObservableGauge("annex.events.lag",
        () => OutboxLag.Select(l => new Measurement<double>(l.Value, Tag("service", l.Key))), "s",
        "Age of the oldest event that waits in an outbox.");

    /// <summary>Makes the instruments, so that they are known before the first event.</summary>
    public static void Touch() => _ = Meter;

    public static void EventsSent(string service, string type, int count) =>
        Sent.Add(count, Tag("service", service), Tag("event", type));

    public static void EventConsumed(string service, string type) =>
        Consumed.Add(1, Tag("service", service), Tag("event", type));

    public static void EventSeenBefore(string service, string consumer) =>
        SeenBefore.Add(1, Tag("service", service), Tag("consumer", consumer));

    public static void EventPutAside(string service, string consumer) =>
        PutAside.Add(1, Tag("service", service), Tag("consumer", consumer));

    public static void ConsumerFailed(string service, string consumer) =>
        Failures.Add(1, Tag("service", service), Tag("consumer", consumer));

    public static void SetOutboxLag(string service, double seconds) => OutboxLag[service] = seconds;

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);
}
