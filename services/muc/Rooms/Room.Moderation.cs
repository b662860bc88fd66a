using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>Messages that are taken back (XEP-0424 0.4, XEP-0425 0.3).</summary>
internal sealed partial class Room
{
    /// <summary>A moderator takes back a message that is known to be in the archive: first in the archive, then
    /// everybody is told in the room's name, and the announcement is archived in turn.</summary>
    /// <param name="finish">Called with what is to be answered: null for a result.</param>
    /// <param name="isAudited">False where the audit log has one line for many messages.</param>
    public void Moderate(Occupant moderator, Guid id, string? reason, Effects effects, Action<StanzaError?> finish,
        bool isAudited = true)
    {
        var now = Service.Now;
        var announcement = Service.NewId();
        var retraction = Retraction.ByModerator(id, moderator, reason, announcement, now);
        var audit = new AuditRecord(now, AuditActors.Of(moderator.RealBare, Service), AuditActions.Moderate, null, reason,
            $$"""{"id":"{{id:D}}"}""");
        Persist(effects, null, isAudited ? [retraction, audit] : [retraction], then =>
        {
            History.Retract(Jid, retraction);
            Announce(id, moderator, reason, announcement, now, then);
            finish(null);
        }, () => finish(MucErrors.StoreAway));
    }

    private void Announce(Guid id, Occupant moderator, string? reason, Guid announcement, DateTimeOffset now,
        Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message type='groupchat' from='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' id='"u8);
        xml.Append(announcement);
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'"u8);
        var tail = xml.Length;
        xml.Append("><retract xmlns='urn:xmpp:message-retract:1' id='"u8);
        xml.Append(id);
        xml.Append("'>"u8);
        Retraction.WriteModerated(xml, moderator, reason);
        xml.Append("</retract>"u8);
        WriteOldModeration(xml, id, moderator, reason);
        DecorateRoom(announcement, xml);
        xml.Append("</message>"u8);
        if (!Service.IsDurable || !Configuration.IsArchived)
        {
            effects.Broadcast(StanzaKind.Message, _list);
            return;
        }
        // Only an archived room can be asked to: see ModerationHandlers.
        var kept = new ArchiveAppend(announcement, now, Jid, Service.Jid, [],
            System.Text.Encoding.ASCII.GetBytes(announcement.ToString("D")),
            xml.Slice(tail, xml.Length - tail).ToArray(), IsHistory: false);
        effects.Condition = EffectCondition.IfStored;
        effects.Broadcast(StanzaKind.Message, _list);
        TellSubscribersOfMessage(SubscriptionNodes.Messages, announcement, Jid, kept.RawId, kept.Tail, effects);
        effects.Condition = EffectCondition.Always;
        effects.Store(kept);
    }

    /// <summary>The form of XEP-0425 0.2, which clients spoke before.</summary>
    private static void WriteOldModeration(XmlBuffer xml, Guid id, Occupant moderator, string? reason)
    {
        xml.Append("<apply-to xmlns='urn:xmpp:fasten:0' id='"u8);
        xml.Append(id);
        xml.Append("'><moderated xmlns='urn:xmpp:message-moderate:0' by='"u8);
        xml.Append(moderator.Jid.Escaped);
        xml.Append("'><retract xmlns='urn:xmpp:message-retract:0'/>"u8);
        if (reason is not null)
        {
            xml.Append("<reason>"u8);
            xml.AppendEscaped(reason);
            xml.Append("</reason>"u8);
        }
        xml.Append("</moderated></apply-to>"u8);
    }

    private void DecorateRoom(Guid id, XmlBuffer xml)
    {
        xml.Append("<stanza-id xmlns='urn:xmpp:sid:0' by='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' id='"u8);
        xml.Append(id);
        xml.Append("'/>"u8);
    }
}
