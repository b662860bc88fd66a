using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Routing;

/// <summary>Iqs that this component asks: ids that cannot be guessed, replies taken only from the address that was asked,
/// time-outs, a bounded number at once.</summary>
public sealed class IqTracker
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>120 random bits in base64url: 20 characters that need no escaping.</summary>
    private const int IdBytes = 15;
    private const int IdLength = 20;

    private readonly ConcurrentDictionary<string, Pending> _pending = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Pending>.AlternateLookup<ReadOnlySpan<char>> _byId;
    private readonly ComponentConnection _connection;
    private readonly TimeProvider _time;
    private readonly int _limit;
    private int _count;

    internal IqTracker(ComponentConnection connection, TimeProvider time, int limit)
    {
        _connection = connection;
        _time = time;
        _limit = limit;
        _byId = _pending.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How many wait for their reply.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Sends an iq and waits for its result or error.</summary>
    /// <returns>The whole reply as a tree (type result or error).</returns>
    /// <exception cref="TimeoutException">No reply within the time-out (default 30 s).</exception>
    /// <exception cref="InvalidOperationException">Too many wait already (ComponentOptions.MaxPendingIqs).</exception>
    public async Task<Element> AskAsync(Jid to, StanzaType type, Element payload, TimeSpan? timeout = null, Jid? from = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(payload);
        if (type is not (StanzaType.Get or StanzaType.Set))
            throw new ArgumentOutOfRangeException(nameof(type), type, "An iq is asked with get or set.");
        if (Interlocked.Increment(ref _count) > _limit)
        {
            Interlocked.Decrement(ref _count);
            throw new InvalidOperationException($"{_limit} iqs wait for a reply already.");
        }
        var id = NewId();
        var pending = new Pending(to);
        try
        {
            _pending[id] = pending;
            Write(to, type, payload, from ?? _connection.Jid, id);
            return await pending.Reply.Task.WaitAsync(timeout ?? DefaultTimeout, _time, cancellationToken);
        }
        finally
        {
            _pending.TryRemove(id, out _);
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Takes the stanza if it answers a pending iq; the caller goes on with it otherwise. The stanza stays the
    /// caller's: the reply is copied into a tree.</summary>
    public bool TryTake(Stanza stanza)
    {
        ArgumentNullException.ThrowIfNull(stanza);
        if (stanza.Kind != StanzaKind.Iq || stanza.Type is not (StanzaType.Result or StanzaType.Error))
            return false;
        var rawId = stanza.RawId;
        if (rawId.Length != IdLength || _pending.IsEmpty)
            return false;
        Span<char> id = stackalloc char[IdLength];
        if (!Encoding.ASCII.TryGetChars(rawId, id, out _) || !_byId.TryGetValue(id, out var pending))
            return false;
        // RFC 6120 §8.2.3 pairs by id; the address that was asked has to be the one that answers, or anybody could.
        if (stanza.From is null || !stanza.From.Equals(pending.To))
            return false;
        pending.Reply.TrySetResult(stanza.ToElement());
        return true;
    }

    internal static string NewId()
    {
        Span<byte> random = stackalloc byte[IdBytes];
        RandomNumberGenerator.Fill(random);
        return System.Buffers.Text.Base64Url.EncodeToString(random);
    }

    private void Write(Jid to, StanzaType type, Element payload, Jid from, string id)
    {
        using var batch = _connection.OpenBatch();
        batch.Writer.StartStanza(StanzaKind.Iq, type, from, to, id);
        batch.Writer.Element(payload);
        batch.Commit(StanzaKind.Iq);
    }

    private sealed class Pending(Jid to)
    {
        public Jid To { get; } = to;

        public TaskCompletionSource<Element> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
