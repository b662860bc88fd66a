using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>The room's subject (XEP-0045 §7.2.15, §8.1).</summary>
internal sealed partial class Room
{
    private void ChangeSubject(Stanza stanza, Session session, Effects effects)
    {
        var occupant = session.Occupant;
        var mayChange = occupant.Role == Role.Moderator
            || (Configuration.MayChangeSubject && Privileges.HasVoice(occupant.Role));
        if (!mayChange)
        {
            effects.Error(stanza, By(MucErrors.SubjectForbidden));
            return;
        }
        var text = stanza.Child("subject", Namespaces.Component)?.Text ?? "";
        if (text.Length > Service.Options.MaxTextLength || stanza.Payload.Length > Service.Options.MaxMessageBytes)
        {
            effects.Error(stanza, By(MucErrors.MessageTooLarge));
            return;
        }
        if (!MayTell(session))
        {
            effects.Error(stanza, By(MucErrors.TooFast));
            return;
        }
        var subject = new Subject(text, occupant.Jid, occupant.Id, Service.Now, SubjectElements(stanza));
        Persist(effects, stanza, [new RoomStored(Record with { Subject = subject })], then =>
        {
            Subject = subject;
            ReflectSubject(stanza, occupant, then);
        });
    }

    private void ReflectSubject(Stanza stanza, Occupant occupant, Effects effects)
    {
        var id = Service.NewId();
        var xml = WriteMessageHead(stanza, occupant, id, effects);
        var tail = xml.Length;
        WriteMessageBody(stanza, hasForgeries: true, xml);
        DecorateMessage(occupant, id, xml);
        xml.Append("</message>"u8);
        // XEP-0313 §6.1.2: subject changes are archived as well; history on entering holds none (XEP-0045 §7.2.13).
        var kept = new ArchiveAppend(id, Service.Now, occupant.Jid, occupant.RealBare, occupant.Id, KeptId(stanza, id),
            xml.Slice(tail, xml.Length - tail).ToArray(), IsHistory: false);
        var isArchived = Service.IsDurable && Configuration.IsArchived && !MessageShape.Read(this, stanza).IsNotStored;
        effects.Condition = isArchived ? EffectCondition.IfStored : EffectCondition.Always;
        effects.Broadcast(StanzaKind.Message, _list);
        TellSubscribersOfMessage(SubscriptionNodes.Subject, id, kept.From, kept.RawId, kept.Tail, effects);
        if (!isArchived)
            return;
        effects.Condition = EffectCondition.IfRefused;
        effects.Error(stanza, By(MucErrors.StoreAway));
        effects.Condition = EffectCondition.Always;
        effects.Store(kept);
    }

    /// <summary>The subject elements alone: a subject may come in several languages.</summary>
    private static byte[] SubjectElements(Stanza stanza)
    {
        using var xml = new XmlBuffer();
        var children = stanza.Children;
        while (children.ReadElement())
        {
            if (ClientContent.IsOwn(children, "subject"u8))
                ClientContent.Copy(stanza, ref children, xml);
        }
        return xml.Written.ToArray();
    }

    /// <summary>Always sent after the history, empty where none is set, without a body; stamped where it was ever
    /// set.</summary>
    private void SendSubject(Session session, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message type='groupchat' from='"u8);
        xml.Append((Subject?.By ?? Jid).Escaped);
        xml.Append("' to='"u8);
        effects.BeginTail();
        if (Subject is null)
        {
            xml.Append("'><subject/></message>"u8);
        }
        else
        {
            xml.Append("'>"u8);
            xml.Append(Subject.Payload);
            History.WriteDelay(xml, this, Subject.At);
            xml.Append("<occupant-id xmlns='urn:xmpp:occupant-id:0' id='"u8);
            xml.Append(Subject.OccupantId);
            xml.Append("'/></message>"u8);
        }
        effects.Send(StanzaKind.Message, session.Jid);
    }
}
