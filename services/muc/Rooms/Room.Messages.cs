// Hot path
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>Messages to all, the subject, private messages (XEP-0045 §7.4, §7.5, §8.1, §17.2).</summary>
internal sealed partial class Room
{
    private void ApplyMessage(Stanza stanza, Effects effects)
    {
        if (stanza.Type == StanzaType.Error)
        {
            ApplyDeliveryError(stanza, effects);
            return;
        }
        if (!Exists || IsLocked)
        {
            effects.Error(stanza, By(Exists ? MucErrors.RoomLocked : MucErrors.NoSuchRoom)); // §17.2
            return;
        }
        if (!stanza.To!.IsBare)
            ApplyPrivateMessage(stanza, effects);
        else if (stanza.Type == StanzaType.Groupchat)
            ApplyGroupchat(stanza, effects);
        else
            ApplyRoomMessage(stanza, effects);
    }

    /// <summary>Invitations, declines, voice requests and their approval: the features'.</summary>
    private void ApplyRoomMessage(Stanza stanza, Effects effects)
    {
        foreach (var feature in Service.Features)
        {
            if (feature.TryMessage(this, stanza, effects))
                return;
        }
        effects.Error(stanza, By(MucErrors.NotForRooms)); // §17.2
    }

    private void ApplyGroupchat(Stanza stanza, Effects effects)
    {
        if (!TryGetSpeaker(stanza, out var session))
        {
            effects.Error(stanza, By(MucErrors.NotInRoom)); // §7.4
            return;
        }
        var occupant = session.Occupant;
        var shape = MessageShape.Read(this, stanza);
        if (shape.IsSubject)
        {
            ChangeSubject(stanza, session, effects);
            return;
        }
        var refusal = RefuseMessage(stanza, session);
        if (refusal is not null)
        {
            effects.Error(stanza, By(refusal));
            return;
        }
        var now = Service.Now;
        var id = Service.NewId();
        Reflect(stanza, occupant, shape, id, now, effects);
    }

    private StanzaError? RefuseMessage(Stanza stanza, Session session)
    {
        var occupant = session.Occupant;
        if (!Privileges.HasVoice(occupant.Role))
            return MucErrors.NoVoice;
        if (stanza.Payload.Length > Service.Options.MaxMessageBytes)
            return MucErrors.MessageTooLarge;
        return MayTell(session) ? null : MucErrors.TooFast;
    }

    /// <summary>Takes one of what this session, and one of what all unaffiliated people together, may tell the whole room in
    /// this moment: a message, a subject, a new nick.</summary>
    private bool MayTell(Session session) => MaySend(session) && (IsTrusted(session)
        || _rate.TryTake(Service.Now.UtcTicks, Service.Options.RoomMessagesPerSecond, Service.Options.RoomMessageBurst));

    /// <summary>Takes one of what this session may send to others in this moment.</summary>
    public bool MaySend(Session session) => IsTrusted(session)
        || session.Rate.TryTake(Service.Now.UtcTicks, Service.Options.MessagesPerSecond, Service.Options.MessageBurst);

    private static bool IsTrusted(Session session) => session.Occupant.Affiliation >= Affiliation.Member;

    /// <summary>§7.4: to everybody, the sender included, with the sender's id; in an archived room when it is
    /// stored.</summary>
    private void Reflect(Stanza stanza, Occupant occupant, in MessageShape shape, Guid id, DateTimeOffset now,
        Effects effects)
    {
        var xml = WriteMessageHead(stanza, occupant, id, effects);
        var tail = xml.Length;
        WriteMessageBody(stanza, shape.HasForgeries, xml);
        DecorateMessage(occupant, id, xml);
        xml.Append("</message>"u8);
        var isArchived = Service.IsDurable && Configuration.IsArchived && shape.IsArchivable;
        var isHistory = shape.HasBody && !shape.IsNotStored && Configuration.HistoryLength > 0;
        if (!isArchived && !isHistory)
        {
            effects.Broadcast(StanzaKind.Message, _list);
            if (_subscriptions is not null && (shape.HasBody || shape.IsArchivable))
            {
                TellSubscribersOfMessage(SubscriptionNodes.Messages, id, occupant.Jid, KeptId(stanza, id),
                    xml.Slice(tail, xml.Length - tail).ToArray(), effects);
            }
            if (shape.Retracts is { } old)
                PersistBehind(effects, TakeBack(old, occupant, KeptId(stanza, id), now));
            return;
        }
        var kept = new ArchiveAppend(id, now, occupant.Jid, occupant.RealBare, occupant.Id, KeptId(stanza, id),
            xml.Slice(tail, xml.Length - tail).ToArray(), isHistory)
        {
            Posted = isArchived ? Absent.Of(stanza, shape) : null,
        };
        if (isHistory)
            History.Add(kept, Configuration.HistoryLength);
        if (!isArchived)
        {
            effects.Broadcast(StanzaKind.Message, _list);
            TellSubscribersOfMessage(SubscriptionNodes.Messages, id, kept.From, kept.RawId, kept.Tail, effects);
            if (shape.Retracts is { } old)
                PersistBehind(effects, TakeBack(old, occupant, kept.RawId, now));
            return;
        }
        effects.Condition = EffectCondition.IfStored;
        effects.Broadcast(StanzaKind.Message, _list);
        TellSubscribersOfMessage(SubscriptionNodes.Messages, id, kept.From, kept.RawId, kept.Tail, effects);
        effects.Condition = EffectCondition.IfRefused;
        effects.Error(stanza, By(MucErrors.StoreAway));
        effects.Condition = EffectCondition.Always;
        effects.Store(kept);
        if (shape.Retracts is { } taken)
            effects.Store(TakeBack(taken, occupant, kept.RawId, now));
    }

    /// <summary>XEP-0424: leaves a tombstone in the history; the archive's is for the caller to store. Also where the message that says
    /// so is in no archive.</summary>
    private Retraction TakeBack(Guid message, Occupant author, byte[] rawId, DateTimeOffset now)
    {
        var retraction = Retraction.ByAuthor(message, author.RealBare, rawId, now);
        History.Retract(Jid, retraction);
        return retraction;
    }

    /// <summary>A message that was to be archived could not be: it is taken out of the history again.</summary>
    public void Forget(ArchiveAppend message) => History.Remove(message.Id);

    /// <summary>Tells everybody a message of the archive again, exactly as it was: with the id and the stanza-id by which clients know
    /// that they have it.</summary>
    public void Repeat(ArchiveAppend message, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message type='groupchat' from='"u8);
        xml.Append(message.From.Escaped);
        xml.Append("' id='"u8);
        xml.AppendRawAttribute(message.RawId);
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'"u8);
        xml.Append(message.Tail);
        effects.Broadcast(StanzaKind.Message, _list);
    }

    private static byte[] KeptId(Stanza stanza, Guid id) =>
        stanza.RawId.IsEmpty ? System.Text.Encoding.ASCII.GetBytes(id.ToString()) : stanza.RawId.ToArray();

    private static XmlBuffer WriteMessageHead(Stanza stanza, Occupant occupant, Guid id, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message type='groupchat' from='"u8);
        xml.Append(occupant.Jid.Escaped);
        xml.Append("' id='"u8);
        if (stanza.RawId.IsEmpty)
            xml.Append(id); // §7.4: made up where the client gave none
        else
            xml.AppendRawAttribute(stanza.RawId);
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'"u8);
        return xml;
    }

    /// <summary>Language, payload: as it came, without what only the room may say.</summary>
    private void WriteMessageBody(Stanza stanza, bool hasForgeries, XmlBuffer xml)
    {
        ClientContent.WriteOpening(stanza, xml);
        if (!hasForgeries && stanza.RawDeclarations.IsEmpty)
        {
            xml.Append(stanza.Payload.Span);
            return;
        }
        var children = stanza.Children;
        while (children.ReadElement())
        {
            if (!ClientContent.IsRoomsOnly(this, children, isPresence: false))
                ClientContent.Copy(stanza, ref children, xml);
        }
    }

    private void DecorateMessage(Occupant occupant, Guid id, XmlBuffer xml)
    {
        foreach (var feature in Service.Features)
            feature.Decorate(this, occupant, xml);
        if (id == Guid.Empty)
            return;
        // XEP-0359 §5: the room's own, once; forged ones were left out.
        xml.Append("<stanza-id xmlns='urn:xmpp:sid:0' by='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' id='"u8);
        xml.Append(id);
        xml.Append("'/>"u8);
    }

    /// <summary>§7.5</summary>
    private void ApplyPrivateMessage(Stanza stanza, Effects effects)
    {
        var refusal = RefusePrivateMessage(stanza, out var sender, out var target);
        if (refusal is not null)
        {
            effects.Error(stanza, By(refusal));
            return;
        }
        for (var i = 0; i < target!.SessionCount; i++)
        {
            WritePrivateMessage(stanza, sender!.Occupant, effects);
            effects.Send(StanzaKind.Message, target.SessionAt(i).Jid);
        }
    }

    private StanzaError? RefusePrivateMessage(Stanza stanza, out Session? sender, out Occupant? target)
    {
        target = null;
        if (!TryGetSession(stanza.From, out sender))
            return MucErrors.NotInRoom;
        if (stanza.Type == StanzaType.Groupchat)
            return MucErrors.PrivateGroupchat;
        if (!_occupants.TryGetValue(stanza.To!, out target))
            return MucErrors.NoSuchOccupant;
        if (!MaySendPrivately(sender.Occupant.Role))
            return MucErrors.PrivateMessagesOff;
        // Who is muted may still turn to those who can end it.
        if (Mutes.Contains(sender.Occupant.RealBare) && target.Role != Role.Moderator)
            return MucErrors.NoVoice;
        if (stanza.Payload.Length > Service.Options.MaxMessageBytes)
            return MucErrors.MessageTooLarge;
        return MaySend(sender) ? null : MucErrors.TooFast;
    }

    private bool MaySendPrivately(Role role) => Configuration.AllowPrivateMessages switch
    {
        PrivateMessages.Anyone => true,
        PrivateMessages.Participants => role >= Role.Participant,
        PrivateMessages.Moderators => role == Role.Moderator,
        _ => false,
    };

    private void WritePrivateMessage(Stanza stanza, Occupant sender, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message type='"u8);
        xml.Append(stanza.Type switch
        {
            StanzaType.Chat => "chat"u8,
            StanzaType.Headline => "headline"u8,
            _ => "normal"u8,
        });
        xml.Append("' from='"u8);
        xml.Append(sender.Jid.Escaped);
        if (stanza.RawId.Length > 0)
        {
            xml.Append("' id='"u8);
            xml.AppendRawAttribute(stanza.RawId);
        }
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'"u8);
        WriteMessageBody(stanza, hasForgeries: true, xml);
        xml.Append("<x xmlns='http://jabber.org/protocol/muc#user'/>"u8); // §7.5, once: the client's own was left out
        DecorateMessage(sender, Guid.Empty, xml);
        xml.Append("</message>"u8);
    }
}
