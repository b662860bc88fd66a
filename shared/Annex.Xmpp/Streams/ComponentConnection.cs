using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Streams;

/// <summary>
/// One component's stream to its server (XEP-0114): connects, shakes hands, reads, writes, and comes back by itself.
/// Everything that a service sends goes through here, from any thread, in the order of the calls.
/// </summary>
public sealed class ComponentConnection : IAsyncDisposable
{
    /// <summary>The component's own address.</summary>
    public Jid Jid => throw new NotImplementedException();

    public bool IsConnected => throw new NotImplementedException();

    /// <summary>Asks other entities and matches their answers.</summary>
    public IqTracker Iqs => throw new NotImplementedException();

    /// <summary>Opens a batch: all that is written through it leaves in order and without anything in between.
    /// Holds the outgoing lock; dispose it soon, never await inside.</summary>
    public OutgoingBatch OpenBatch() => throw new NotImplementedException();

    public void SendResult(Stanza request, Element? payload) => throw new NotImplementedException();

    public void SendError(Stanza request, StanzaError error) => throw new NotImplementedException();

    /// <summary>Sends a whole stanza built as a tree (name message, presence or iq).</summary>
    public void Send(Element stanza) => throw new NotImplementedException();

    /// <summary>Completes when the outgoing queue has room again; at once in the ordinary case. Producers of many stanzas
    /// (rooms) wait here between commands.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
