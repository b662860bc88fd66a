// Hot path
using System.Buffers;
using Annex.Xmpp.Stanzas;

namespace Annex.Xmpp.Streams;

/// <summary>Write access to a connection's outgoing queue. Each stanza is made final by <see cref="Commit"/>; what was not
/// committed when the batch is disposed is taken back. Not to be kept, copied or nested: it holds the outgoing lock.</summary>
public readonly ref struct OutgoingBatch
{
    private readonly OutgoingQueue _queue;

    internal OutgoingBatch(OutgoingQueue queue)
    {
        queue.Open();
        _queue = queue;
    }

    public StanzaWriter Writer => _queue.Writer;

    /// <summary>The bytes behind <see cref="Writer"/>, for ready-made stanzas.</summary>
    public IBufferWriter<byte> Output => _queue;

    /// <summary>Ends one stanza, closing what is open. Presence is dropped while the link is down, the rest waits in bounded
    /// memory.</summary>
    public void Commit(StanzaKind kind) => _queue.Commit(kind);

    public void Dispose() => _queue.Close();
}
