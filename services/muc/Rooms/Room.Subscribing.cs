// Hot path: TellSubscribers, for every message
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>Those who get what is said without being here (MUC/Sub): pubsub events to their bare JID while they are away.</summary>
internal sealed partial class Room
{
    private Subscriptions? _subscriptions;

    public Subscriptions? Subscriptions => _subscriptions;

    /// <summary>Takes a subscription that was found allowed, or changes one, and answers.</summary>
    public void Subscribe(Stanza request, Jid bare, Jid nick, SubscriptionNodes nodes, Effects effects, Action<Effects> answer)
    {
        var record = new SubscriptionRecord(bare, nick.Resource!, nodes);
        Persist(effects, request, [new SubscriptionChange(bare, record)], then =>
        {
            (_subscriptions ??= new Subscriptions(this)).Set(bare, nick, nodes);
            answer(then);
            TellSubscribersOf(bare, "subscribe"u8, nick, then);
        });
    }

    public void Unsubscribe(Stanza request, Jid bare, Jid nick, Effects effects)
    {
        Persist(effects, request, [new SubscriptionChange(bare, null)], then =>
        {
            _subscriptions?.Remove(bare);
            then.Result(request, null);
            TellSubscribersOf(bare, "unsubscribe"u8, nick, then);
        });
    }

    /// <summary>Whoever may not be here any more does not hear from here either.</summary>
    private void EndSubscription(Jid bare, Effects effects)
    {
        if (_subscriptions?.Remove(bare) == true)
            PersistBehind(effects, new SubscriptionChange(bare, null));
    }

    private void RestoreSubscriptions(IReadOnlyList<SubscriptionRecord> records)
    {
        foreach (var record in records)
        {
            if (Jid.TryWithResource(record.Nick, out var nick))
                (_subscriptions ??= new Subscriptions(this)).Set(record.Subject, nick, record.Nodes);
        }
    }

    /// <summary>The session that speaks: one that is in the room, or a subscriber who is not.</summary>
    private bool TryGetSpeaker(Stanza stanza, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Session? session)
    {
        if (TryGetSession(stanza.From, out session))
            return true;
        if (_subscriptions is null || stanza.From is null || !_subscriptions.TryGetSpeaker(stanza.From.Bare, out session) || session is null)
            return false;
        // Whose voice was taken in the room does not speak into it from another client either.
        foreach (var occupant in _occupants.Values)
        {
            if (occupant.Role < session.Occupant.Role && occupant.RealBare.Equals(stanza.From.Bare))
                session.Occupant.Role = occupant.Role;
        }
        return true;
    }

    /// <summary>Sends a stanza that the room's occupants got to those who are away: from its from attribute on, as it was.</summary>
    /// <param name="id">Of the item: the stanza-id, where there is one.</param>
    /// <param name="start">The start tag up to the quote that ends from.</param>
    /// <param name="tail">From behind the to attribute to the end of the stanza.</param>
    private void TellSubscribers(SubscriptionNodes node, Guid id, ReadOnlySpan<byte> start, Jid from, ReadOnlySpan<byte> rawId,
        ReadOnlySpan<byte> tail, Effects effects)
    {
        if (_subscriptions is null || _subscriptions.Away(node) is not { Count: > 0 } away)
            return;
        var xml = BeginEvent(node, id, effects);
        xml.Append(start);
        xml.Append(from.Escaped);
        if (rawId.Length > 0)
        {
            xml.Append("' id='"u8);
            xml.AppendRawAttribute(rawId);
        }
        xml.Append("'"u8);
        xml.Append(tail);
        EndEvent(xml, isContent: node is SubscriptionNodes.Messages or SubscriptionNodes.Subject);
        effects.Broadcast(StanzaKind.Message, away);
    }

    private void TellSubscribersOfMessage(SubscriptionNodes node, Guid id, Jid from, ReadOnlySpan<byte> rawId, ReadOnlySpan<byte> tail,
        Effects effects) => TellSubscribers(node, id, "<message xmlns='jabber:client' type='groupchat' from='"u8, from, rawId, tail, effects);

    /// <summary>A change of somebody's affiliation. Real JIDs only where everybody sees them.</summary>
    private void TellSubscribersOfAffiliation(AffiliationRecord entry, Effects effects)
    {
        if (_subscriptions is null || _subscriptions.Away(SubscriptionNodes.Affiliations).Count == 0)
            return;
        using var tail = new XmlBuffer();
        tail.Append("><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='"u8);
        tail.Append(Words.Utf8(entry.Affiliation));
        if (Configuration.IsNonAnonymous)
        {
            tail.Append("' jid='"u8);
            tail.Append(entry.Subject.Escaped);
        }
        if (entry.Nick is not null)
        {
            tail.Append("' nick='"u8);
            tail.AppendEscaped(entry.Nick);
        }
        tail.Append("' role='none'/></x></message>"u8);
        TellSubscribers(SubscriptionNodes.Affiliations, Service.NewId(), "<message xmlns='jabber:client' from='"u8, Jid, [], tail.Written, effects);
    }

    /// <summary>An occupant came, changed or went.</summary>
    private void TellSubscribersOfPresence(Occupant occupant, ReadOnlySpan<byte> content, in Item item, bool isUnavailable, Effects effects)
    {
        if (_subscriptions is null || _subscriptions.Away(SubscriptionNodes.Presence).Count == 0)
            return;
        using var tail = new XmlBuffer();
        WriteTail(tail, occupant, content, item, Configuration.IsNonAnonymous ? occupant.Primary?.Jid : null, []);
        // WriteTail begins with the quote that ends to: here it would be one too many.
        TellSubscribers(SubscriptionNodes.Presence, Service.NewId(), isUnavailable ? "<presence xmlns='jabber:client' type='unavailable' from='"u8
            : "<presence xmlns='jabber:client' from='"u8, occupant.Jid, [], tail.Written[1..], effects);
    }

    /// <summary>The room is gone.</summary>
    private void TellSubscribersOfEnd(Destruction why, Effects effects)
    {
        if (_subscriptions is null || _subscriptions.Away(SubscriptionNodes.System).Count == 0)
            return;
        using var tail = new XmlBuffer();
        tail.Append("><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/><destroy"u8);
        if (why.Alternate is not null)
        {
            tail.Append(" jid='"u8);
            tail.Append(why.Alternate.Escaped);
            tail.Append("'"u8);
        }
        tail.Append(">"u8);
        WriteText(tail, "password"u8, why.Password);
        WriteText(tail, "reason"u8, why.Reason);
        tail.Append("</destroy></x></presence>"u8);
        TellSubscribers(SubscriptionNodes.System, Service.NewId(), "<presence xmlns='jabber:client' type='unavailable' from='"u8, Jid, [],
            tail.Written, effects);
    }

    private void TellSubscribersOf(Jid bare, ReadOnlySpan<byte> what, Jid nick, Effects effects)
    {
        if (_subscriptions is null || _subscriptions.Away(SubscriptionNodes.Subscribers) is not { Count: > 0 } away)
            return;
        var xml = BeginEvent(SubscriptionNodes.Subscribers, Service.NewId(), effects);
        xml.Append("<"u8);
        xml.Append(what);
        xml.Append(" xmlns='urn:xmpp:mucsub:0' nick='"u8);
        xml.AppendEscaped(nick.Resource!);
        if (Configuration.IsNonAnonymous)
        {
            xml.Append("' jid='"u8);
            xml.Append(bare.Escaped);
        }
        xml.Append("'/>"u8);
        EndEvent(xml, isContent: false);
        effects.Broadcast(StanzaKind.Message, away);
    }

    private XmlBuffer BeginEvent(SubscriptionNodes node, Guid id, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message from='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' id='"u8);
        xml.Append(id);
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='"u8);
        xml.Append(SubscriptionWords.NameOf(node));
        xml.Append("'><item id='"u8);
        xml.Append(id);
        xml.Append("'>"u8);
        return xml;
    }

    /// <param name="isContent">What somebody said: their server keeps it until they are there (XEP-0334).</param>
    private static void EndEvent(XmlBuffer xml, bool isContent)
    {
        xml.Append("</item></items></event>"u8);
        if (isContent)
            xml.Append("<store xmlns='urn:xmpp:hints'/>"u8);
        xml.Append("</message>"u8);
    }
}
