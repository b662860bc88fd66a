// Hot path
using System.Buffers;
using System.Text;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Stanzas;

/// <summary>
/// Cuts a stream of bytes into its header, its top-level elements and its end. Resumable at every byte: whatever is
/// given is consumed, an unfinished frame is kept inside (bounded by <see cref="XmlLimits.MaxStanzaBytes"/>), so a pipe
/// reader may advance to the end of what was read each time. One per stream, one thread at a time.
/// <code>
/// var buffer = result.Buffer;
/// FrameKind kind;
/// while ((kind = framer.Read(ref buffer, out var stanza)) != FrameKind.NeedMore) { … }
/// reader.AdvanceTo(buffer.End);
/// </code>
/// </summary>
public sealed partial class StanzaFramer : IDisposable
{
    // The least that is taken over at a time while a frame is unfinished; what belongs to the next frame is left where
    // it is.
    private const int Chunk = 1024;

    private readonly XmlLimits _limits;
    private readonly bool _toleratesExcess;
    private readonly int _mostBytes;
    private readonly XmlScanner _headerScanner;
    private readonly XmlScanner _scanner;
    private Phase _phase;
    private byte[]? _kept;
    private int _keptLength;
    private byte[] _streamName = [];
    private XmlStreamException? _failure;

    /// <summary>How much longer than the limit an element may be that is only thrown away: a server escapes what it passes on, up to
    /// six octets for one, so that what was within the server's own limit may break ours.</summary>
    private const int ExcessFactor = 16;

    /// <param name="limits">What one element may cost.</param>
    /// <param name="toleratesExcess">An element that breaks a limit is thrown away (<see cref="FrameKind.Refused"/>) and the stream
    /// goes on: on a stream that carries everybody's stanzas nobody is to end it for all.</param>
    public StanzaFramer(XmlLimits? limits = null, bool toleratesExcess = false)
    {
        _limits = limits ?? XmlLimits.Default;
        _toleratesExcess = toleratesExcess;
        _mostBytes = toleratesExcess ? (int)Math.Min(Array.MaxLength / 4, (long)_limits.MaxStanzaBytes * ExcessFactor) : _limits.MaxStanzaBytes;
        _headerScanner = new XmlScanner(_limits, onlyOpeningTag: true) { Outer = new XmlOuterContext([], []) };
        _scanner = new XmlScanner(_limits, toleratesExcess: toleratesExcess);
    }

    private enum Phase : byte { Start, Declaration, Header, Between, Frame, EndTag, Over }

    /// <summary>The stream's opening tag once it was read.</summary>
    public StreamHeader? Header { get; private set; }

    /// <summary>The element of the last frame that was <see cref="FrameKind.Element"/>.</summary>
    public Element? Element { get; private set; }

    /// <summary>Bytes of the unfinished frame; zero between frames.</summary>
    public int Pending => _keptLength;

    /// <summary>Reads the next frame and moves the start of <paramref name="buffer"/> behind it.
    /// White space between frames is skipped (keepalive).</summary>
    /// <exception cref="XmlStreamException">The peer broke a rule: send the stream error with its condition and close.
    /// Every later call throws the same.</exception>
    public FrameKind Read(ref ReadOnlySequence<byte> buffer, out Stanza? stanza)
    {
        while (true)
        {
            var next = buffer.Start;
            if (!buffer.TryGet(ref next, out var memory)) memory = default;
            var span = memory.Span;
            var kind = Read(ref span, out stanza);
            if (!span.IsEmpty) buffer = buffer.Slice(memory.Length - span.Length);
            else buffer = buffer.Slice(next.GetObject() is null ? buffer.End : next);
            if (kind != FrameKind.NeedMore || buffer.IsEmpty) return kind;
        }
    }

    /// <inheritdoc cref="Read(ref ReadOnlySequence{byte}, out Stanza?)"/>
    public FrameKind Read(ref ReadOnlySpan<byte> buffer, out Stanza? stanza)
    {
        if (_failure is not null) throw _failure;
        try
        {
            return Next(ref buffer, out stanza);
        }
        catch (XmlStreamException e)
        {
            _failure = e;
            Release();
            throw;
        }
    }

    /// <summary>Returns the memory of an unfinished frame.</summary>
    public void Dispose()
    {
        Release();
        _phase = Phase.Over;
    }

    private FrameKind Next(ref ReadOnlySpan<byte> buffer, out Stanza? stanza)
    {
        stanza = null;
        if (_phase == Phase.Over)
        {
            buffer = default;
            return FrameKind.NeedMore;
        }

        if (_keptLength == 0)
        {
            // The XML declaration may stand at the very beginning only, a space in front of it would make it an
            // instruction.
            int space = _phase == Phase.Start ? 0 : CountSpace(buffer);
            buffer = buffer[space..];
            if (buffer.IsEmpty) return FrameKind.NeedMore;
            int frame = Advance(buffer);
            if (frame >= 0)
            {
                var kind = Complete(buffer[..frame], memory: null, out stanza);
                buffer = buffer[frame..];
                return kind != FrameKind.NeedMore ? kind : Next(ref buffer, out stanza);
            }

            // The scanner has seen all of it, so all of it is kept.
            Keep(buffer);
            buffer = default;
            return FrameKind.NeedMore;
        }

        return Resume(ref buffer, out stanza);
    }

    // Takes bytes over until the frame ends or they do. Only here a frame is copied in pieces.
    private FrameKind Resume(ref ReadOnlySpan<byte> buffer, out Stanza? stanza)
    {
        stanza = null;
        while (!buffer.IsEmpty)
        {
            int before = _keptLength;
            Keep(buffer[..Math.Min(buffer.Length, Math.Max(Chunk, before))]);
            int frame = Advance(_kept.AsSpan(0, _keptLength));
            if (frame < 0)
            {
                buffer = buffer[(_keptLength - before)..];
                continue;
            }

            buffer = buffer[(frame - before)..];
            byte[] memory = _kept!;
            _kept = null;
            _keptLength = 0;
            var kind = Complete(memory.AsSpan(0, frame), memory, out stanza);
            return kind != FrameKind.NeedMore ? kind : Next(ref buffer, out stanza);
        }

        return FrameKind.NeedMore;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        int length = _keptLength + bytes.Length;
        if (_kept is null || _kept.Length < length)
        {
            byte[] larger = StanzaMemory.Rent(Math.Max(length, _keptLength * 2));
            _kept.AsSpan(0, _keptLength).CopyTo(larger);
            if (_kept is not null) StanzaMemory.Return(_kept);
            _kept = larger;
        }

        bytes.CopyTo(_kept.AsSpan(_keptLength));
        _keptLength = length;
    }

    private static int CountSpace(ReadOnlySpan<byte> bytes)
    {
        int i = 0;
        while (i < bytes.Length && XmlChars.IsSpace(bytes[i])) i++;
        return i;
    }

    private void Release()
    {
        if (_kept is not null) StanzaMemory.Return(_kept);
        _kept = null;
        _keptLength = 0;
    }

    /// <summary>Goes on in the frame whose bytes so far are given: its length, or -1 where it does not end in
    /// them.</summary>
    private int Advance(ReadOnlySpan<byte> frame)
    {
        // Nothing behind the limit is looked at, so that the verdict does not depend on how the bytes arrived.
        var seen = frame.Length > _mostBytes ? frame[.._mostBytes] : frame;
        int length = Scan(seen);
        if (length < 0 && frame.Length > _mostBytes)
            throw XmlStreamException.Policy("The stanza is too long.");
        return length;
    }

    private int Scan(ReadOnlySpan<byte> frame)
    {
        if (_phase == Phase.Start) _phase = ChooseStart(frame);
        if (_phase == Phase.Between) _phase = ChooseFrame(frame);
        switch (_phase)
        {
            case Phase.Header:
                return _headerScanner.Scan(frame) ? _headerScanner.End : -1;
            case Phase.Frame:
                return _scanner.Scan(frame) ? _scanner.End : -1;
            case Phase.EndTag:
                return ScanEndTag(frame);
            case Phase.Declaration:
                int end = frame.IndexOf("?>"u8);
                return end < 0 ? -1 : end + 2;
            default:
                return -1;
        }
    }

    private FrameKind Complete(ReadOnlySpan<byte> frame, byte[]? memory, out Stanza? stanza)
    {
        stanza = null;
        var phase = _phase;
        if (phase == Phase.Frame)
        {
            _phase = Phase.Between;
            bool isRefused = _scanner.IsExcessive || frame.Length > _limits.MaxStanzaBytes;
            var kind = isRefused ? Refuse(frame, memory, out stanza) : CompleteElement(frame, memory, out stanza);
            _scanner.Reset();
            return kind;
        }

        var result = FrameKind.NeedMore;
        if (phase == Phase.Declaration)
        {
            XmlDeclaration.Check(frame);
            _phase = Phase.Header;
        }
        else if (phase == Phase.Header)
        {
            ReadHeader(frame);
            _phase = Phase.Between;
            result = FrameKind.Header;
        }
        else
        {
            _phase = Phase.Over;
            result = FrameKind.End;
        }

        if (memory is not null) StanzaMemory.Return(memory);
        return result;
    }

    private FrameKind CompleteElement(ReadOnlySpan<byte> frame, byte[]? memory, out Stanza? stanza)
    {
        stanza = null;
        bool isStanza = _scanner.IsRootInComponent & StanzaWords.TryKind(_scanner.RootName.Of(frame), out var kind);
        if (isStanza && !_scanner.NeedsNormalizing)
        {
            if (memory is null)
            {
                memory = StanzaMemory.Rent(frame.Length);
                frame.CopyTo(memory);
            }

            stanza = new Stanza(kind, memory, _scanner);
            return FrameKind.Stanza;
        }

        var element = Element.FromScanned(frame, _scanner.Outer);
        if (memory is not null) StanzaMemory.Return(memory);
        if (!isStanza)
        {
            Element = element;
            return FrameKind.Element;
        }

        try
        {
            stanza = Normalize(element, _limits);
            return FrameKind.Stanza;
        }
        catch (XmlStreamException) when (_toleratesExcess)
        {
            return FrameKind.Refused;
        }
    }
}
