using Annex.Xmpp.Stanzas;

namespace Annex.Xmpp.Streams;

/// <summary>Write access to a connection's outgoing queue. Each stanza is made final by <see cref="Commit"/>; what was not
/// committed when the batch is disposed is taken back.</summary>
public readonly ref struct OutgoingBatch
{
    public StanzaWriter Writer => throw new NotImplementedException();

    /// <summary>The bytes behind <see cref="Writer"/>, for ready-made stanzas.</summary>
    public System.Buffers.IBufferWriter<byte> Output => throw new NotImplementedException();

    /// <summary>Ends one stanza. Presence is dropped while the link is down, the rest waits in bounded memory.</summary>
    public void Commit(StanzaKind kind) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
