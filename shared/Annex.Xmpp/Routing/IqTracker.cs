using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Routing;

/// <summary>Iqs that this component asks: ids that cannot be guessed, replies taken only from the address that was asked,
/// time-outs, a bounded number at once.</summary>
public sealed class IqTracker
{
    /// <summary>Sends an iq and waits for its result or error.</summary>
    /// <returns>The whole reply as a tree (type result or error).</returns>
    /// <exception cref="TimeoutException">No reply within the time-out (default 30 s).</exception>
    public Task<Element> AskAsync(Jid to, StanzaType type, Element payload, TimeSpan? timeout = null, Jid? from = null,
        CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Takes the stanza if it answers a pending iq; the caller goes on with it otherwise.</summary>
    public bool TryTake(Stanza stanza) => throw new NotImplementedException();
}
