// Hot path: the read loop and the write loop of one TCP connection.
using System.Buffers;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Streams;

/// <summary>One stream to the server, from the TCP connection to its end: handshake, one read loop, one write loop, keepalive.
/// Used once.</summary>
internal sealed partial class ComponentLink : IDisposable
{
    private const int ReadBufferBytes = 64 * 1024;

    /// <summary>How long reading is held back for a full outgoing queue. Not longer: a server that writes and reads in one
    /// process (ejabberd) would wait for us while we wait for it.</summary>
    private static readonly TimeSpan ReadHeldBack = TimeSpan.FromSeconds(1);

    private readonly ComponentConnection _connection;
    private readonly ComponentOptions _options;
    private readonly StanzaRouter _router;
    private readonly OutgoingQueue _queue;
    private readonly LinkCounters _counters;
    private readonly TimeProvider _time;
    private readonly StanzaFramer _framer;
    private readonly CancellationTokenSource _ending;
    private readonly KeepAlive _keepAlive;
    private Stream? _stream;
    private string? _secret;
    private LinkEnd? _end;
    private byte[]? _proof;
    private Task _writing = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private long _upSince;
    private bool _isUp;
    private bool _hasHeard;
    private bool _isClosing;

    public ComponentLink(ComponentConnection connection, ComponentOptions options, StanzaRouter router, OutgoingQueue queue,
        LinkCounters counters, TimeProvider time)
    {
        _connection = connection;
        _options = options;
        _router = router;
        _queue = queue;
        _counters = counters;
        _time = time;
        _framer = new StanzaFramer(XmlLimits.Default with { MaxStanzaBytes = options.MaxStanzaBytes }, toleratesExcess: true);
        _ending = new CancellationTokenSource(options.ConnectTimeout, time);
        _keepAlive = new KeepAlive(options, queue, time, connection.Jid);
    }

    /// <summary>How long the link stood.</summary>
    public TimeSpan UpFor => _isUp ? _time.GetElapsedTime(_upSince) : TimeSpan.Zero;

    /// <summary>Runs until the stream is over. Never throws.</summary>
    public async Task<LinkEnd> RunAsync(Func<CancellationToken, ValueTask<Stream>> connect, CancellationToken stopping)
    {
        using var registration = stopping.Register(() => End(new LinkEnd(LinkFault.None)));
        LinkEnd end;
        try
        {
            _secret = SecretFile.Read(_options);
            _stream = await connect(_ending.Token);
            await GreetAsync(_stream, Handshake.Header(_connection.Jid.Escaped), _ending.Token);
            end = await ReadAsync(_stream, _ending.Token);
        }
        catch (Exception exception)
        {
            end = Explain(exception);
        }
        End(end);
        await FinishAsync();
        return _end! with { WasUp = _isUp };
    }

    /// <summary>Writes out what waits, closes the stream and gives the server a moment to close its own.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _queue.WaitUntilDrainedAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The server does not read any more; the rest is lost, as a cut cable would lose it.
        }
        Volatile.Write(ref _isClosing, true);
        End(new LinkEnd(LinkFault.None));
    }

    /// <summary>Ends the link from outside; the first reason is the one that counts.</summary>
    public void End(LinkEnd end)
    {
        Interlocked.CompareExchange(ref _end, end, null);
        try
        {
            _ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It had ended already.
        }
    }

    public void Dispose()
    {
        _framer.Dispose();
        _ending.Dispose();
        _stream?.Dispose();
    }

    private async Task<LinkEnd> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBufferBytes);
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(buffer, cancellationToken);
                if (read == 0)
                    return Closed();
                _counters.BytesReceived += read;
                // What follows the header or the handshake in the same segment is not lost: the walk goes on behind it.
                if (!Walk(buffer.AsSpan(0, read)))
                    return Closed();
                if (_proof is not null)
                    await GreetAsync(stream, _proof, cancellationToken);
                _proof = null;
                if (_hasHeard || _framer.Pending == 0)
                    _keepAlive.Heard();
                _hasHeard = false;
                if (_queue.Waiting >= _options.QueueHighWaterBytes)
                    await HoldBackAsync(cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Header and handshake: a server that refuses closes right behind its error, and reading on finds the reason.</summary>
    private static async ValueTask GreetAsync(Stream stream, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException)
        {
            // See above.
        }
    }

    /// <summary>Takes the frames of these bytes; false at the end of the stream.</summary>
    private bool Walk(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            switch (_framer.Read(ref bytes, out var stanza))
            {
                case FrameKind.NeedMore:
                    return true;
                case FrameKind.End:
                    return false;
                case FrameKind.Header:
                    TakeHeader(_framer.Header!);
                    break;
                case FrameKind.Refused:
                    TakeRefused(stanza);
                    break;
                case FrameKind.Element:
                    TakeElement(_framer.Element!);
                    break;
                default:
                    TakeStanza(stanza!);
                    break;
            }
        }
    }

    private void TakeHeader(StreamHeader header)
    {
        if (header.DefaultNamespace != Namespaces.Component)
            throw new StreamErrorException("invalid-namespace", "the server speaks another kind of stream here");
        _proof = Handshake.Proof(header.Id ?? "", _secret!);
    }

    private void TakeStanza(Stanza stanza)
    {
        if (!_isUp)
        {
            stanza.Dispose();
            throw new XmlStreamException("not-authorized", "a stanza before the handshake");
        }
        _hasHeard = true;
        if (_keepAlive.TryTake(stanza))
        {
            stanza.Dispose();
            return;
        }
        _counters.StanzasReceived++;
        _router.Dispatch(new StanzaContext(stanza, _connection));
    }

    // Whoever wrote it is told, and the stream goes on for all others (RFC 6120 §8.3.3.12). To a result nobody is owed an answer:
    // who asked waits out its time.
    private void TakeRefused(Stanza? head)
    {
        if (!_isUp)
        {
            head?.Dispose();
            throw new XmlStreamException("not-authorized", "a stanza before the handshake");
        }
        _hasHeard = true;
        _counters.StanzasRefused++;
        if (head is null)
            return;
        if (head is { Kind: StanzaKind.Iq, Type: StanzaType.Get or StanzaType.Set }
            || (head.Kind == StanzaKind.Message && head.Type != StanzaType.Error))
        {
            new StanzaContext(head, _connection).Error(StanzaError.PolicyViolation);
        }
        head.Dispose();
    }

    private void TakeElement(Element element)
    {
        if (element is { Name: "error", Namespace: Namespaces.Stream })
            throw StreamErrorException.From(element);
        if (_isUp || element is not { Name: "handshake", Namespace: Namespaces.Component })
            throw new XmlStreamException("unsupported-stanza-type", "an element that is neither handshake nor stanza");
        _ending.CancelAfter(Timeout.InfiniteTimeSpan);
        _isUp = true;
        _upSince = _time.GetTimestamp();
        _keepAlive.Start();
        _queue.MarkUp();
        _writing = WriteAsync(_stream!, _ending.Token);
        _watching = WatchAsync(_ending.Token);
        _connection.OnUp();
    }

    private async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        // The caller is the read loop: it goes on reading.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                var ready = await _queue.TakeAsync(cancellationToken);
                for (var i = 0; i < ready.SegmentCount; i++)
                {
                    await stream.WriteAsync(ready.Segment(i), cancellationToken);
                    _keepAlive.Wrote();
                }
                _queue.MarkSent();
            }
        }
        catch (Exception exception)
        {
            End(Explain(exception));
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _keepAlive.WatchAsync(cancellationToken);
            End(new LinkEnd(LinkFault.Silent, "the server did not answer a ping"));
        }
        catch (OperationCanceledException)
        {
            // The link ended otherwise.
        }
    }

    private async Task HoldBackAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = _time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), limit, ReadHeldBack,
            Timeout.InfiniteTimeSpan);
        try
        {
            await _queue.WaitForRoomAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Reading goes on; beyond its limit the queue drops.
        }
    }
}
