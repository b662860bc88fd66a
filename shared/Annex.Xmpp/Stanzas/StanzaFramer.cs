// Hot path
using System.Buffers;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Stanzas;

/// <summary>
/// Cuts a stream of bytes into its header, its top-level elements and its end. Resumable at every byte: whatever is given is
/// consumed, an unfinished frame is kept inside (bounded by <see cref="XmlLimits.MaxStanzaBytes"/>), so a pipe reader may
/// advance to the end of what was read each time. Reads the server's stream unless the constructor says that the header is over.
/// One per stream, one thread at a time.
/// <code>
/// var buffer = result.Buffer;
/// for (var kind = framer.Read(ref buffer, out var stanza); kind != FrameKind.NeedMore; kind = framer.Read(ref buffer, out stanza)) { … }
/// reader.AdvanceTo(buffer.Start, buffer.End);
/// </code>
/// </summary>
public sealed class StanzaFramer : IDisposable
{
    public StanzaFramer(XmlLimits? limits = null) => throw new NotImplementedException();

    /// <summary>The stream's opening tag once it was read.</summary>
    public StreamHeader? Header => throw new NotImplementedException();

    /// <summary>The element of the last frame that was <see cref="FrameKind.Element"/>.</summary>
    public Element? Element => throw new NotImplementedException();

    /// <summary>Bytes of the unfinished frame; zero between frames.</summary>
    public int Pending => throw new NotImplementedException();

    /// <summary>Reads the next frame and moves the start of <paramref name="buffer"/> behind it.
    /// White space between frames is skipped (keepalive).</summary>
    /// <exception cref="XmlStreamException">The peer broke a rule: send the stream error with its condition and close. Every
    /// later call throws the same.</exception>
    public FrameKind Read(ref ReadOnlySequence<byte> buffer, out Stanza? stanza) => throw new NotImplementedException();

    public FrameKind Read(ref ReadOnlySpan<byte> buffer, out Stanza? stanza) => throw new NotImplementedException();

    /// <summary>Returns the memory of an unfinished frame.</summary>
    public void Dispose() => throw new NotImplementedException();
}
