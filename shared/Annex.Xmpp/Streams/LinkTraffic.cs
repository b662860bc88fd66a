namespace Annex.Xmpp.Streams;

/// <summary>What a connection counted since its start.</summary>
/// <param name="HandlerFailures">Exceptions that a stanza's handler let through.</param>
public readonly record struct LinkTraffic(
    long StanzasReceived, long StanzasSent, long BytesReceived, long BytesSent, long HandlerFailures);
