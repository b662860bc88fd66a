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
    private readonly ComponentOptions _options;
    private readonly StanzaRouter _router;
    private readonly OutgoingQueue _queue;
    private readonly LinkCounters _counters;
    private readonly Func<CancellationToken, ValueTask<Stream>> _connect;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _endingHandlers = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ComponentLink? _link;
    private LinkReport _report = new(LinkState.Starting, LinkFault.None, null, []);
    private Task? _running;
    private bool _isClosed;

    /// <param name="connect">How to reach the server; null: TCP to the options' host and port. The stream is the connection's
    /// and is disposed with the link.</param>
    public ComponentConnection(ComponentOptions options, StanzaRouter router,
        Func<CancellationToken, ValueTask<Stream>>? connect = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(router);
        _options = options;
        _router = router;
        _router.MaxAsyncHandlers = options.MaxAsyncHandlers;
        _time = time ?? TimeProvider.System;
        _connect = connect ?? (token => TcpConnect.OpenAsync(options.Host, options.Port, token));
        _queue = new OutgoingQueue(options.QueueHighWaterBytes, options.QueueLimitBytes);
        Stopping = _endingHandlers.Token;
        Jid = Jid.Parse(options.Jid);
        Iqs = new IqTracker(this, _time, options.MaxPendingIqs);
        _counters = new LinkCounters(options.Jid, _queue, router, Iqs);
    }

    /// <summary>The component's own address.</summary>
    public Jid Jid { get; }

    public bool IsConnected => _queue.IsUp;

    public LinkState State
    {
        get { lock (_gate) return _report.State; }
    }

    /// <summary>The last change of state that was reported.</summary>
    public LinkReport LastReport
    {
        get { lock (_gate) return _report; }
    }

    /// <summary>Asks other entities and matches their answers.</summary>
    public IqTracker Iqs { get; }

    /// <summary>What has passed since the start, all links together.</summary>
    public LinkTraffic Traffic => new(_counters.StanzasReceived, _queue.StanzaCount, _counters.BytesReceived, _queue.ByteCount,
        _router.FailureCount);

    /// <summary>Bytes that wait for the server.</summary>
    public long WaitingBytes => _queue.Waiting;

    /// <summary>Bytes that were put into the queue since the start: a position, to be compared with <see cref="SentBytes"/>.</summary>
    public long CommittedBytes => _queue.ByteCount;

    /// <summary>Up to which position the server has been given everything. Never too much; where a link broke, what was being
    /// written then counts.</summary>
    public long SentBytes
    {
        get
        {
            // In this order: what is added in between makes the answer smaller.
            var committed = _queue.ByteCount;
            return committed - _queue.Waiting;
        }
    }

    /// <summary>Awaited before every attempt to connect: a lease that has to be held first. Set before <see cref="Start"/>.</summary>
    public Func<CancellationToken, ValueTask>? BeforeConnect { get; set; }

    /// <summary>One report per change of state, in order, from the thread that made the change: log it and return.</summary>
    public event Action<LinkReport>? Changed;

    /// <summary>Begins to connect. Once.</summary>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_running is not null)
                throw new InvalidOperationException("The connection has been started already.");
            _running = Task.Run(RunAsync);
        }
    }

    /// <summary>Opens a batch: all that is written through it leaves in order and without anything in between.
    /// Holds the outgoing lock; dispose it soon, never await inside.</summary>
    public OutgoingBatch OpenBatch() => new(_queue);

    /// <summary>Answers an iq with type result. Nothing is sent where the request has no sender.</summary>
    public void SendResult(Stanza request, Element? payload)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.From is not { } sender)
            return;
        using var batch = OpenBatch();
        batch.Writer.StartStanza(StanzaKind.Iq, StanzaType.Result, request.To ?? Jid, sender, request.RawId);
        if (payload is not null)
            batch.Writer.Element(payload);
        batch.Commit(StanzaKind.Iq);
    }

    /// <summary>Answers any stanza with type error, from the address that it was sent to. Nothing is sent for one that is an
    /// error or a result itself (RFC 6120 §8.3.1).</summary>
    public void SendError(Stanza request, StanzaError error)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.From is not { } sender || request.Type is StanzaType.Error or StanzaType.Result)
            return;
        using var batch = OpenBatch();
        batch.Writer.StartStanza(request.Kind, StanzaType.Error, request.To ?? Jid, sender, request.RawId);
        batch.Writer.Error(error);
        batch.Commit(request.Kind);
    }

    /// <summary>Sends a whole stanza built as a tree (name message, presence or iq).</summary>
    public void Send(Element stanza)
    {
        ArgumentNullException.ThrowIfNull(stanza);
        var kind = stanza.Name switch
        {
            "message" => StanzaKind.Message,
            "presence" => StanzaKind.Presence,
            "iq" => StanzaKind.Iq,
            _ => throw new ArgumentException($"<{stanza.Name}/> is no stanza.", nameof(stanza)),
        };
        using var batch = OpenBatch();
        batch.Writer.Element(stanza);
        batch.Commit(kind);
    }

    /// <summary>Completes when the outgoing queue has room again; at once in the ordinary case. Producers of many stanzas
    /// (rooms) wait here between commands.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => _queue.WaitForRoomAsync(cancellationToken);

    /// <summary>Completes when the link is in that state.</summary>
    public async Task WaitForStateAsync(LinkState state, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_report.State == state)
                    return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Cuts the link at once (the lease is lost); it is made anew behind <see cref="BeforeConnect"/>.</summary>
    public void Drop(string reason) => Volatile.Read(ref _link)?.End(new LinkEnd(LinkFault.Lost, reason));

    /// <summary>Ends gracefully: handlers that wait end, the queue is written out, the stream is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            running = _running;
        }
        using var limit = new CancellationTokenSource(_options.CloseTimeout, _time);
        try
        {
            await _endingHandlers.CancelAsync();
            await _router.WaitUntilIdleAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // A handler that does not end in time keeps its stanza; the process goes.
        }
        if (Volatile.Read(ref _link) is { } link)
            await link.CloseAsync(limit.Token);
        await _stopping.CancelAsync();
        if (running is not null)
            await running;
        Report(new LinkReport(LinkState.Closed, LinkFault.None, null, []));
        _counters.Dispose();
        _queue.Dispose();
        _stopping.Dispose();
        _endingHandlers.Dispose();
    }

    /// <summary>Cancelled when asynchronous handlers have to end.</summary>
    internal CancellationToken Stopping { get; }

    /// <summary>The handshake of the current link succeeded; called by the link.</summary>
    internal void OnUp()
    {
        _counters.Established++;
        Report(new LinkReport(LinkState.Up, LinkFault.None, null, []));
    }

    private async Task RunAsync()
    {
        var backoff = new Backoff();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var (end, upFor) = await RunOnceAsync();
                if (_stopping.IsCancellationRequested || Volatile.Read(ref _isClosed))
                    return;
                ReportEnd(end);
                await Task.Delay(backoff.Next(end, upFor), _time, _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<(LinkEnd End, TimeSpan UpFor)> RunOnceAsync()
    {
        try
        {
            if (BeforeConnect is { } beforeConnect)
                await beforeConnect(_stopping.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return (new LinkEnd(LinkFault.Internal, exception.GetType().Name) { Exception = exception }, TimeSpan.Zero);
        }
        using var link = new ComponentLink(this, _options, _router, _queue, _counters, _time);
        Volatile.Write(ref _link, link);
        try
        {
            var end = await link.RunAsync(_connect, _stopping.Token);
            return (end, link.UpFor);
        }
        finally
        {
            Volatile.Write(ref _link, null);
        }
    }

    private void ReportEnd(LinkEnd end)
    {
        var state = end.Fault == LinkFault.Conflict ? LinkState.Standby : LinkState.Down;
        lock (_gate)
        {
            // One line per trouble: after the link was lost, refused connections are part of the same story. A fault that
            // somebody has to correct is a story of its own.
            var isNews = _report.State is LinkState.Up or LinkState.Starting || state != _report.State
                || (end.Options.Count > 0 && end.Fault != LinkFault.Unreachable && end.Fault != _report.Fault);
            if (!isNews)
                return;
        }
        Report(new LinkReport(state, end.Fault, end.Detail, OptionsToCorrect(end)) { Exception = end.Exception });
    }

    private IReadOnlyList<string> OptionsToCorrect(LinkEnd end) =>
        end.Fault == LinkFault.WrongSecret && _options.SecretFile is { Length: > 0 }
            ? [nameof(ComponentOptions.SecretFile)]
            : end.WasUp ? [] : end.Options;

    private void Report(LinkReport report)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _report = report;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        Changed?.Invoke(report);
        changed.TrySetResult();
    }
}
