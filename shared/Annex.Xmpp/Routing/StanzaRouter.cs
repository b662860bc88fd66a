using Annex.Xmpp.Stanzas;

namespace Annex.Xmpp.Routing;

/// <summary>Synchronous: validates, makes a command, posts it to its owner. The stanza is the dispatcher's again afterwards
/// unless it was detached.</summary>
public delegate void StanzaHandler(in StanzaContext context);

/// <summary>For work that waits (a database, HTTP). The stanza stays valid until the task ends. How many run at once is bounded;
/// beyond that the sender gets wait/resource-constraint.</summary>
public delegate Task AsyncStanzaHandler(StanzaContext context, CancellationToken cancellationToken);

/// <summary>
/// One table from (kind, type, namespace and name of the first child) to a handler. Registering and advertising are one call.
/// Frozen at the first stanza. An iq that nobody handles is answered with service-unavailable, an exception with
/// internal-server-error; both here and nowhere else.
/// </summary>
public sealed class StanzaRouter
{
    /// <summary>An iq get or set. feature: the disco feature that this makes true, or null.</summary>
    public StanzaRouter OnIq(StanzaType type, string ns, string name, StanzaHandler handler, string? feature = null) =>
        throw new NotImplementedException();

    public StanzaRouter OnIq(StanzaType type, string ns, string name, AsyncStanzaHandler handler, string? feature = null) =>
        throw new NotImplementedException();

    /// <summary>Every iq get and set that has no handler of its own (iqs that a room relays).</summary>
    public StanzaRouter OnAnyIq(StanzaHandler handler) => throw new NotImplementedException();

    /// <summary>Replies (result, error) to iqs that were not asked through IqTracker (relayed ones).</summary>
    public StanzaRouter OnAnyReply(StanzaHandler handler) => throw new NotImplementedException();

    /// <summary>Every message, of any type, errors included, that no narrower handler takes.</summary>
    public StanzaRouter OnMessage(StanzaHandler handler, string? feature = null) => throw new NotImplementedException();

    /// <summary>Messages whose first child has this name and namespace.</summary>
    public StanzaRouter OnMessage(string ns, string name, StanzaHandler handler, string? feature = null) =>
        throw new NotImplementedException();

    public StanzaRouter OnPresence(StanzaHandler handler, string? feature = null) => throw new NotImplementedException();

    /// <summary>A disco feature without a handler of its own.</summary>
    public StanzaRouter Advertise(string feature) => throw new NotImplementedException();

    /// <summary>What the handlers advertise, sorted.</summary>
    public IReadOnlyCollection<string> Features => throw new NotImplementedException();

    /// <summary>Routes one stanza and disposes it unless a handler detached it. Never throws.</summary>
    public void Dispatch(in StanzaContext context) => throw new NotImplementedException();
}
