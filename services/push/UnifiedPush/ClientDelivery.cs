using System.Collections.Concurrent;
using Annex.Push.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;

namespace Annex.Push.UnifiedPush;

/// <summary>
/// Carries messages to the users' clients, in order, one user at a time: at once where the client answers, and what
/// waits when it sends its directed presence. A client that does not know the endpoint ends it; any other failure
/// leaves the message for later.
/// </summary>
public sealed class ClientDelivery(EndpointStore endpoints, ComponentConnection connection,
    ILogger<ClientDelivery> logger) : IDisposable
{
    /// <summary>Users whose clients are remembered, and users served at once.</summary>
    private const int MaxOnline = 100_000;
    private const int MaxAtOnce = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Jid> _online = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _flushing = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(MaxAtOnce);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Directed presence of a client.</summary>
    public void Seen(Jid client, bool isAvailable)
    {
        var owner = client.Bare.ToString();
        if (!isAvailable)
        {
            if (_online.TryGetValue(owner, out var last) && last == client) _online.TryRemove(new(owner, last));
            return;
        }
        if (_online.Count >= MaxOnline) _online.Clear();
        _online[owner] = client;
        Flush(owner);
    }

    /// <summary>There is something for this user. The work's owner is the table of those being served, one
    /// each.</summary>
    public void Flush(string owner)
    {
        while (true)
        {
            if (_flushing.TryAdd(owner, true))
            {
                _ = FlushAsync(owner);
                return;
            }
            // One is running: it looks again before it ends, if it is told or was told already.
            if (_flushing.TryUpdate(owner, true, false)
                || (_flushing.TryGetValue(owner, out var isTold) && isTold)) return;
        }
    }

    /// <summary>Without storing: one try (TTL 0).</summary>
    public async Task TryOnceAsync(EndpointRow endpoint, byte[] body, CancellationToken cancellationToken) =>
        await AskAsync(endpoint, Convert.ToBase64String(body), cancellationToken);

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task FlushAsync(string owner)
    {
        try
        {
            await _slots.WaitAsync(_stop.Token);
            try
            {
                do
                {
                    _flushing[owner] = false;
                    await FlushOnceAsync(owner, _stop.Token);
                }
                while (!_flushing.TryRemove(new(owner, false)));
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (OperationCanceledException)
        {
            _flushing.TryRemove(owner, out _);
        }
        catch (Exception exception)
        {
            _flushing.TryRemove(owner, out _);
            Log.WorkFailed(logger, "delivering to a client", exception);
        }
    }

    private async Task FlushOnceAsync(string owner, CancellationToken cancellationToken)
    {
        var after = 0L;
        var revoked = new HashSet<long>();
        while (await endpoints.ListWaitingAsync(owner, after, cancellationToken) is { Count: > 0 } waiting)
        {
            foreach (var message in waiting)
            {
                after = message.Id;
                if (revoked.Contains(message.Endpoint.Id)) continue;
                switch (await AskAsync(message.Endpoint, message.Body, cancellationToken))
                {
                    case Answer.Taken:
                        await endpoints.RemoveMessageAsync(message.Id, cancellationToken);
                        break;
                    case Answer.Unknown:
                        revoked.Add(message.Endpoint.Id);
                        break;
                    default:
                        // Not there, or not able: the next presence or message tries again.
                        return;
                }
            }
        }
    }

    private async Task<Answer> AskAsync(EndpointRow endpoint, string body, CancellationToken cancellationToken)
    {
        if (!connection.IsConnected) return Answer.Later;
        var to = _online.TryGetValue(endpoint.Owner, out var client) ? client : Jid.Parse(endpoint.Client);
        var push = new Element("push", PushNamespaces.UnifiedPush).With("application", endpoint.Application)
            .With("instance", endpoint.Instance).AddText(body);
        try
        {
            var reply = await connection.Iqs.AskAsync(to, StanzaType.Set, push, Patience,
                cancellationToken: cancellationToken);
            if (reply["type"] == "result") return Answer.Taken;
            var error = reply.Child("error");
            var isUnknown = error?.Child("item-not-found", Namespaces.StanzaErrors) is not null
                || error?.Child("feature-not-implemented", Namespaces.StanzaErrors) is not null;
            if (!isUnknown) return Answer.Later;
            await endpoints.RevokeAsync(endpoint.Id, cancellationToken);
            return Answer.Unknown;
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
        {
            return Answer.Later;
        }
    }

    private enum Answer
    {
        Taken,
        Unknown,
        Later,
    }
}
