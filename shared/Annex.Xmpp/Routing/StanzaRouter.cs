// Hot path: Dispatch runs once per inbound stanza.
using Annex.Xmpp.Stanzas;

namespace Annex.Xmpp.Routing;

/// <summary>Synchronous: validates, makes a command, posts it to its owner. The stanza is the dispatcher's again afterwards
/// unless it was detached.</summary>
public delegate void StanzaHandler(in StanzaContext context);

/// <summary>For work that waits (a database, HTTP). The stanza stays valid until the task ends. How many run at once is bounded;
/// beyond that the sender gets wait/resource-constraint. The token is cancelled when the connection is closed for good.</summary>
public delegate Task AsyncStanzaHandler(StanzaContext context, CancellationToken cancellationToken);

/// <summary>
/// One table from (kind, type, namespace and name of the first child) to a handler. Registering and advertising are one call.
/// Frozen at the first stanza. An iq that nobody handles is answered with service-unavailable, an exception with
/// internal-server-error; both here and nowhere else.
/// </summary>
public sealed class StanzaRouter
{
    private readonly Dictionary<RouteKey, Route> _routes = [];
    private readonly SortedSet<string> _features = new(StringComparer.Ordinal);
    private RouteTable? _table;
    private StanzaHandler? _anyIq;
    private StanzaHandler? _anyReply;
    private StanzaHandler? _message;
    private StanzaHandler? _presence;
    private TaskCompletionSource? _idle;
    private long _failures;
    private int _running;

    /// <summary>Asynchronous handlers at once.</summary>
    public int MaxAsyncHandlers { get; set; } = 1_000;

    /// <summary>Called with every exception that a handler let through, for the log and the counter. Must not throw.</summary>
    public Action<Exception>? OnFailure { get; set; }

    /// <summary>Exceptions that handlers let through since the start.</summary>
    public long FailureCount => Volatile.Read(ref _failures);

    /// <summary>Asynchronous handlers that run now.</summary>
    public int RunningCount => Volatile.Read(ref _running);

    /// <summary>An iq get or set. feature: the disco feature that this makes true, or null.</summary>
    public StanzaRouter OnIq(StanzaType type, string ns, string name, StanzaHandler handler, string? feature = null) =>
        AddIq(type, ns, name, new Route(handler, null), feature);

    public StanzaRouter OnIq(StanzaType type, string ns, string name, AsyncStanzaHandler handler, string? feature = null) =>
        AddIq(type, ns, name, new Route(null, handler), feature);

    /// <summary>Every iq get and set that has no handler of its own (iqs that a room relays).</summary>
    public StanzaRouter OnAnyIq(StanzaHandler handler) => Set(ref _anyIq, handler, null);

    /// <summary>Replies (result, error) to iqs that were not asked through IqTracker (relayed ones).</summary>
    public StanzaRouter OnAnyReply(StanzaHandler handler) => Set(ref _anyReply, handler, null);

    /// <summary>Every message, of any type, errors included, that no narrower handler takes.</summary>
    public StanzaRouter OnMessage(StanzaHandler handler, string? feature = null) => Set(ref _message, handler, feature);

    /// <summary>Messages of any type whose first child has this name and namespace.</summary>
    public StanzaRouter OnMessage(string ns, string name, StanzaHandler handler, string? feature = null) =>
        Add(new RouteKey(StanzaKind.Message, StanzaType.Unknown, ns, name), new Route(handler, null), feature);

    /// <summary>As above, for work that waits.</summary>
    public StanzaRouter OnMessage(string ns, string name, AsyncStanzaHandler handler, string? feature = null) =>
        Add(new RouteKey(StanzaKind.Message, StanzaType.Unknown, ns, name), new Route(null, handler), feature);

    public StanzaRouter OnPresence(StanzaHandler handler, string? feature = null) => Set(ref _presence, handler, feature);

    /// <summary>A disco feature without a handler of its own.</summary>
    public StanzaRouter Advertise(string feature)
    {
        ThrowIfFrozen();
        _features.Add(feature);
        return this;
    }

    /// <summary>What the handlers advertise, sorted.</summary>
    public IReadOnlyCollection<string> Features => _features;

    /// <summary>Routes one stanza and disposes it unless a handler detached it. Never throws.</summary>
    public void Dispatch(in StanzaContext context)
    {
        _table ??= new RouteTable(_routes);
        var stanza = context.Stanza;
        try
        {
            Route(context);
        }
        catch (Exception exception)
        {
            Fail(context, exception, stanza.IsDetached);
        }
        finally
        {
            if (!stanza.IsDetached)
                stanza.Dispose();
        }
    }

    /// <summary>Completes when no asynchronous handler runs; the connection has told them to end before.</summary>
    internal async Task WaitUntilIdleAsync(CancellationToken cancellationToken)
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _idle, idle);
        if (RunningCount > 0)
            await idle.Task.WaitAsync(cancellationToken);
    }

    private void Route(in StanzaContext context)
    {
        var stanza = context.Stanza;
        switch (stanza.Kind)
        {
            case StanzaKind.Iq:
                RouteIq(context);
                break;
            case StanzaKind.Presence:
                _presence?.Invoke(context);
                break;
            default:
                var route = _table!.Find(StanzaKind.Message, StanzaType.Unknown, stanza.PayloadNamespace, stanza.PayloadName);
                if (route is not null)
                    Run(route, context);
                else
                    _message?.Invoke(context);
                break;
        }
    }

    private void RouteIq(in StanzaContext context)
    {
        var stanza = context.Stanza;
        switch (stanza.Type)
        {
            case StanzaType.Result or StanzaType.Error:
                if (!context.Connection.Iqs.TryTake(stanza))
                    _anyReply?.Invoke(context);
                break;
            case StanzaType.Get or StanzaType.Set:
                if (_table!.Find(StanzaKind.Iq, stanza.Type, stanza.PayloadNamespace, stanza.PayloadName) is { } route)
                    Run(route, context);
                else if (_anyIq is not null)
                    _anyIq(context);
                else if (stanza.PayloadName.IsEmpty)
                    context.Error(StanzaError.BadRequest); // RFC 6120 §8.2.3: a request holds exactly one child
                else
                    context.Error(StanzaError.ServiceUnavailable); // RFC 6120 §8.4
                break;
            default:
                context.Error(StanzaError.BadRequest); // RFC 6120 §8.2.3: no such type of iq
                break;
        }
    }

    private void Run(Route route, in StanzaContext context)
    {
        if (route.Handler is { } handler)
        {
            handler(context);
            return;
        }
        if (Interlocked.Increment(ref _running) > MaxAsyncHandlers)
        {
            Ended();
            context.Error(StanzaError.ResourceConstraint);
            return;
        }
        context.Stanza.Detach();
        // Owned by the count: the connection waits until it is zero.
        _ = RunAsync(route.AsyncHandler!, context);
    }

    private async Task RunAsync(AsyncStanzaHandler handler, StanzaContext context)
    {
        try
        {
            await handler(context, context.Connection.Stopping);
        }
        catch (OperationCanceledException) when (context.Connection.Stopping.IsCancellationRequested)
        {
            context.Error(StanzaError.ServiceUnavailable);
        }
        catch (Exception exception)
        {
            Fail(context, exception, isGivenAway: false);
        }
        finally
        {
            context.Stanza.Dispose();
            Ended();
        }
    }

    private void Ended()
    {
        if (Interlocked.Decrement(ref _running) == 0)
            Volatile.Read(ref _idle)?.TrySetResult();
    }

    private void Fail(in StanzaContext context, Exception exception, bool isGivenAway)
    {
        Interlocked.Increment(ref _failures);
        OnFailure?.Invoke(exception);
        // Only what expects an answer gets one: a message or presence that broke us would otherwise travel in a circle.
        // A stanza that its handler gave away before it failed is the other's to answer.
        if (context.Stanza.Kind == StanzaKind.Iq && !isGivenAway)
            context.Error(StanzaError.InternalServerError);
    }

    private StanzaRouter AddIq(StanzaType type, string ns, string name, Route route, string? feature)
    {
        if (type is not (StanzaType.Get or StanzaType.Set))
            throw new ArgumentOutOfRangeException(nameof(type), type, "An iq is asked with get or set; replies go to OnAnyReply.");
        return Add(new RouteKey(StanzaKind.Iq, type, ns, name), route, feature);
    }

    private StanzaRouter Add(RouteKey key, Route route, string? feature)
    {
        ThrowIfFrozen();
        if (!_routes.TryAdd(key, route))
            throw new InvalidOperationException($"Two handlers for {key.Kind} {key.Type} {{{key.Namespace}}}{key.Name}.");
        if (feature is not null)
            _features.Add(feature);
        return this;
    }

    private StanzaRouter Set(ref StanzaHandler? slot, StanzaHandler handler, string? feature)
    {
        ThrowIfFrozen();
        if (slot is not null)
            throw new InvalidOperationException("Two handlers for the same stanzas.");
        slot = handler;
        if (feature is not null)
            _features.Add(feature);
        return this;
    }

    private void ThrowIfFrozen()
    {
        if (_table is not null)
            throw new InvalidOperationException("The table is frozen: handlers are registered before the first stanza.");
    }
}
