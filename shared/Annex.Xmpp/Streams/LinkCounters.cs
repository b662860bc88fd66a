using System.Diagnostics.Metrics;

namespace Annex.Xmpp.Streams;

/// <summary>What a connection counts, shown by the meter Annex.Xmpp with the component's address as a tag. Plain fields, written
/// by one loop each: counting costs nothing, the reader asks.</summary>
internal sealed class LinkCounters : IDisposable
{
    public const string MeterName = "Annex.Xmpp";

    private readonly Meter _meter;

    public LinkCounters(string component, OutgoingQueue queue, Routing.StanzaRouter router, Routing.IqTracker iqs)
    {
        _meter = new Meter(MeterName, null, [new("component", component)]);
        _meter.CreateObservableCounter("annex.xmpp.stanzas.received", () => StanzasReceived, "{stanza}");
        _meter.CreateObservableCounter("annex.xmpp.stanzas.refused", () => StanzasRefused, "{stanza}",
            "stanzas thrown away because they are too long, too deep, or have too many attributes or namespaces");
        _meter.CreateObservableCounter("annex.xmpp.bytes.received", () => BytesReceived, "By");
        _meter.CreateObservableCounter("annex.xmpp.stanzas.sent", () => queue.StanzaCount, "{stanza}");
        _meter.CreateObservableCounter("annex.xmpp.bytes.sent", () => queue.ByteCount, "By");
        _meter.CreateObservableCounter("annex.xmpp.presences.dropped", () => queue.DroppedPresences, "{stanza}",
            "presences dropped while the link was down");
        _meter.CreateObservableCounter("annex.xmpp.queue.overflowed", () => queue.Overflowed, "{stanza}",
            "stanzas dropped because the outgoing queue was full");
        _meter.CreateObservableGauge("annex.xmpp.queue.bytes", () => queue.Waiting, "By");
        _meter.CreateObservableGauge("annex.xmpp.link.up", () => queue.IsUp ? 1 : 0);
        _meter.CreateObservableCounter("annex.xmpp.link.established", () => Established, "{link}");
        _meter.CreateObservableCounter("annex.xmpp.handler.failures", () => router.FailureCount, "{exception}",
            "exceptions that a stanza's handler let through");
        _meter.CreateObservableGauge("annex.xmpp.handlers.running", () => router.RunningCount, "{handler}");
        _meter.CreateObservableGauge("annex.xmpp.iqs.pending", () => iqs.Count, "{iq}");
    }

    public long StanzasReceived { get; set; }

    public long StanzasRefused { get; set; }

    public long BytesReceived { get; set; }

    public long Established { get; set; }

    public void Dispose() => _meter.Dispose();
}
