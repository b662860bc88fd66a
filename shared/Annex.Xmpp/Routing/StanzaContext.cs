using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Routing;

/// <summary>What a handler gets: the stanza and the way to answer it. A class of its own would be one allocation per stanza.</summary>
public readonly struct StanzaContext(Stanza stanza, ComponentConnection connection)
{
    public Stanza Stanza { get; } = stanza;

    public ComponentConnection Connection { get; } = connection;

    /// <summary>Answers an iq with type result and this payload (null: empty).</summary>
    public void Result(Element? payload = null) => Connection.SendResult(Stanza, payload);

    /// <summary>Answers any stanza with type error. Nothing is sent for one that is itself an error or a result.</summary>
    public void Error(StanzaError error) => Connection.SendError(Stanza, error);
}
