using System.Text;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;

namespace Annex.Xmpp.Streams;

/// <summary>
/// Notices that a server is dead although TCP has not. Only a whole stanza or white space between stanzas is a sign of life:
/// half a stanza and silence is death as well. The ping (XEP-0199) goes to the component's own address, which every server
/// routes straight back, so nothing has to be known about the server's domains.
/// </summary>
internal sealed class KeepAlive
{
    private readonly ComponentOptions _options;
    private readonly OutgoingQueue _queue;
    private readonly TimeProvider _time;
    private readonly Jid _self;
    private readonly string _prefix = $"ping-{IqTracker.NewId()}-";
    private readonly byte[] _prefixBytes;
    private long _heard;
    private long _wrote;
    private long _pinged;
    private int _pings;
    private bool _isWaiting;

    public KeepAlive(ComponentOptions options, OutgoingQueue queue, TimeProvider time, Jid self)
    {
        _options = options;
        _queue = queue;
        _time = time;
        _self = self;
        _prefixBytes = Encoding.ASCII.GetBytes(_prefix);
    }

    public void Start() => _heard = _wrote = _time.GetTimestamp();

    public void Heard()
    {
        Volatile.Write(ref _heard, _time.GetTimestamp());
        Volatile.Write(ref _isWaiting, false);
    }

    public void Wrote() => Volatile.Write(ref _wrote, _time.GetTimestamp());

    /// <summary>Whether this is our own ping coming back: as the request that it was, or answered by the server or by another
    /// connection with the same address (ejabberd balances).</summary>
    public bool TryTake(Stanza stanza) =>
        stanza.Kind == StanzaKind.Iq && stanza.RawId.StartsWith(_prefixBytes) && stanza.From is { } from && from.Equals(_self);

    /// <summary>Returns when the server counts as dead.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        var period = Shortest(_options.PingAfter, _options.PingTimeout, _options.WhitespaceAfter) / 2;
        using var timer = new PeriodicTimer(period, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (Volatile.Read(ref _isWaiting))
            {
                if (_time.GetElapsedTime(_pinged) >= _options.PingTimeout && !IsStillWriting())
                    return;
                Ping();
            }
            else if (_time.GetElapsedTime(Volatile.Read(ref _heard)) >= _options.PingAfter)
            {
                _pinged = _time.GetTimestamp();
                Volatile.Write(ref _isWaiting, true);
                Ping();
            }
            if (_time.GetElapsedTime(Volatile.Read(ref _wrote)) >= _options.WhitespaceAfter)
                _queue.AddWhitespace();
        }
    }

    /// <summary>A server that takes in a long queue may be too busy to answer, but it lives.</summary>
    private bool IsStillWriting() =>
        _queue.Waiting > 0 && _time.GetElapsedTime(Volatile.Read(ref _wrote)) < _options.PingTimeout;

    private void Ping()
    {
        var id = $"{_prefix}{++_pings}";
        using var batch = new OutgoingBatch(_queue);
        batch.Writer.StartStanza(StanzaKind.Iq, StanzaType.Get, _self, _self, id);
        batch.Writer.StartElement("ping"u8, "urn:xmpp:ping"u8);
        batch.Commit(StanzaKind.Iq);
    }

    private static TimeSpan Shortest(TimeSpan a, TimeSpan b, TimeSpan c) =>
        TimeSpan.FromTicks(Math.Min(a.Ticks, Math.Min(b.Ticks, c.Ticks)));
}
