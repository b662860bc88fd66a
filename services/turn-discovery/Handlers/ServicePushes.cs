using System.Globalization;
using Annex.TurnDiscovery.Credentials;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;

namespace Annex.TurnDiscovery.Handlers;

/// <summary>
/// Pushes of XEP-0215 §3.2, to sessions that asked our own address and whose presence we have (sent to us, or told by the server
/// under XEP-0356): a service that went or came back, and new credentials before the old ones expire. A session that asked its
/// server's domain is not pushed to: the push would have to come from there, and no server lets us.
/// </summary>
public sealed class ServicePushes(ServiceDesk desk, ComponentConnection connection, LimitOptions limits, TimeProvider time)
{
    /// <summary>Sessions whose presence is known without a request yet; they ask within their first minutes or never.</summary>
    private const int PresencesPerSubscriber = 4;

    private readonly Lock _gate = new();
    private readonly HashSet<Jid> _present = [];
    private readonly Dictionary<Jid, Subscriber> _subscribers = [];
    private long _ids;

    public int Count
    {
        get { lock (_gate) return _subscribers.Count; }
    }

    public void Register(StanzaRouter router) => router.OnPresence(TakePresence).OnAnyReply(TakeReply);

    /// <summary>This session asked for services of a type (null: all).</summary>
    public void Remember(Jid session, string ns, string? type)
    {
        lock (_gate)
        {
            if (_present.Contains(session) && (_subscribers.Count < limits.MaxSubscribers || _subscribers.ContainsKey(session)))
                _subscribers[session] = new Subscriber(ns, string.IsNullOrEmpty(type) ? null : type, NextRenewal());
        }
    }

    /// <summary>A service went down or came back.</summary>
    public void Push(ExternalService service)
    {
        foreach (var (session, subscriber) in Subscribers())
        {
            if (subscriber.Type is not null && subscriber.Type != service.Type)
                continue;
            Element element;
            if (service.Health.IsHealthy)
            {
                element = ExtDisco.Service(subscriber.Namespace, desk.Offer(service, desk.RequesterOf(session)));
                element["action"] = "add";
            }
            else
            {
                // §3.2: the table says "remove", example and schema say "delete"; the schema decides.
                element = ExtDisco.Service(subscriber.Namespace, new OfferedService(service, null));
                element["action"] = "delete";
            }
            Send(session, subscriber, [element]);
        }
    }

    /// <summary>New credentials for those whose old ones have spent four fifths of their life.</summary>
    public void Renew()
    {
        var now = time.GetUtcNow();
        foreach (var (session, subscriber) in Subscribers())
        {
            if (subscriber.RenewAt > now)
                continue;
            var changed = new List<Element>();
            foreach (var service in desk.Services)
            {
                if (!service.Health.IsHealthy || !service.IsRestricted || service.Fixed is not null
                    || (subscriber.Type is not null && subscriber.Type != service.Type))
                    continue;
                var element = ExtDisco.Service(subscriber.Namespace, desk.Offer(service, desk.RequesterOf(session)));
                element["action"] = "modify";
                changed.Add(element);
            }
            if (changed.Count > 0)
                Send(session, subscriber, changed);
            Remember(session, subscriber.Namespace, subscriber.Type);
        }
    }

    private void TakePresence(in StanzaContext context)
    {
        var stanza = context.Stanza;
        if (stanza.From is not { Resource: not null } session || desk.Refusal(session) is not null)
            return;
        lock (_gate)
        {
            if (stanza.Type == StanzaType.Available && _present.Count < limits.MaxSubscribers * PresencesPerSubscriber)
                _present.Add(session);
            else if (stanza.Type is StanzaType.Unavailable or StanzaType.Error)
                Forget(session);
        }
    }

    private void TakeReply(in StanzaContext context)
    {
        // Whoever does not understand a push gets no more of them.
        if (context.Stanza is not { Type: StanzaType.Error, From: { } session })
            return;
        lock (_gate)
            _subscribers.Remove(session);
    }

    private void Forget(Jid session)
    {
        _present.Remove(session);
        _subscribers.Remove(session);
    }

    private KeyValuePair<Jid, Subscriber>[] Subscribers()
    {
        lock (_gate)
            return [.. _subscribers];
    }

    private void Send(Jid session, Subscriber subscriber, List<Element> services)
    {
        var payload = new Element("services", subscriber.Namespace).With("type", subscriber.Type);
        foreach (var service in services)
            payload.Add(service);
        var id = string.Create(CultureInfo.InvariantCulture, $"push-{Interlocked.Increment(ref _ids)}");
        using var batch = connection.OpenBatch();
        batch.Writer.StartStanza(StanzaKind.Iq, StanzaType.Set, connection.Jid, session, id);
        batch.Writer.Element(payload);
        batch.Commit(StanzaKind.Iq);
    }

    private DateTimeOffset NextRenewal()
    {
        var shortest = desk.Services.Where(s => s.IsRestricted && s.Fixed is null).Select(s => s.Ttl).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        return shortest == TimeSpan.MaxValue ? DateTimeOffset.MaxValue : time.GetUtcNow() + shortest * 0.8;
    }

    private sealed record Subscriber(string Namespace, string? Type, DateTimeOffset RenewAt);
}
