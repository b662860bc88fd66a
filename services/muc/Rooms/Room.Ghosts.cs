using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>People who are gone without having said so (XEP-0045 §11.1, §18.1.2), and probes for those who are
/// here.</summary>
internal sealed partial class Room
{
    private void ApplyDeliveryError(Stanza stanza, Effects effects)
    {
        var condition = DeliveryErrors.ConditionOf(stanza);
        if (stanza.Kind == StanzaKind.Message && stanza.Id is { } id
            && Relays.Take(StanzaKind.Message, id, stanza.From!) is { } invitation)
        {
            ReturnInvitation(stanza, invitation, condition, effects);
            return;
        }
        if (!TryGetSession(stanza.From, out var session))
            return;
        // To a groupchat message or a presence, service-unavailable too says that nobody is there (RFC 6121 §8.5.3.2).
        // To an iq it says nothing: a client without that feature has to answer so.
        if (DeliveryErrors.MeansGone(condition) || condition == "service-unavailable")
        {
            RemoveGhost(session, effects);
            return;
        }
        if (stanza.Kind == StanzaKind.Message)
            ReturnPrivateError(stanza, session.Occupant, condition, effects);
    }

    /// <summary>Removed with 333 and never 307: nobody kicked it (§11.1).</summary>
    public void RemoveGhost(Session session, Effects effects)
    {
        Take(session, [], Removal.Error, effects);
        AfterLeaving(effects);
    }

    /// <summary>§7.8.2: who invited somebody that does not exist is told item-not-found. Servers say
    /// service-unavailable of their own users (RFC 6121 §8.5.1).</summary>
    private void ReturnInvitation(Stanza stanza, RelayTable.Relay invitation, string condition, Effects effects)
    {
        var isNobody = condition == "service-unavailable" || DeliveryErrors.MeansGone(condition);
        var xml = effects.BeginHead();
        xml.Append("<message type='error' from='"u8);
        xml.Append(Jid.Escaped);
        if (invitation.RawId.Length > 0)
        {
            xml.Append("' id='"u8);
            xml.AppendRawAttribute(invitation.RawId);
        }
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'>"u8);
        DeliveryErrors.WriteBare(xml, isNobody ? StanzaErrorType.Cancel : DeliveryErrors.TypeOf(stanza),
            isNobody ? "item-not-found" : condition);
        xml.Append("</message>"u8);
        effects.Send(StanzaKind.Message, invitation.Asker);
    }

    /// <summary>Everybody here may have left without this room hearing of it.</summary>
    public void SuspectAll()
    {
        foreach (var session in _sessions.Values)
            session.IsRestored = true;
    }

    /// <summary>A message that says nothing: it comes back where nobody is (RFC 6121 §8.5.3.2.1).</summary>
    public void Touch(Session session, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message type='groupchat' from='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' id='"u8);
        xml.Append(Service.NewId());
        xml.Append("' to='"u8);
        effects.BeginTail().Append("'><no-store xmlns='urn:xmpp:hints'/><no-copy xmlns='urn:xmpp:hints'/></message>"u8);
        effects.Send(StanzaKind.Message, session.Jid);
    }

    /// <summary>The recipient's refusal of a private message, without the text that could name its real JID.</summary>
    private void ReturnPrivateError(Stanza stanza, Occupant recipient, string condition, Effects effects)
    {
        if (stanza.To!.IsBare || !_occupants.TryGetValue(stanza.To, out var sender))
            return;
        for (var i = 0; i < sender.SessionCount; i++)
        {
            var xml = effects.BeginHead();
            xml.Append("<message type='error' from='"u8);
            xml.Append(recipient.Jid.Escaped);
            if (stanza.RawId.Length > 0)
            {
                xml.Append("' id='"u8);
                xml.AppendRawAttribute(stanza.RawId);
            }
            xml.Append("' to='"u8);
            effects.BeginTail();
            xml.Append("'><x xmlns='http://jabber.org/protocol/muc#user'/>"u8);
            DeliveryErrors.WriteBare(xml, DeliveryErrors.TypeOf(stanza), condition);
            xml.Append("</message>"u8);
            effects.Send(StanzaKind.Message, sender.SessionAt(i).Jid);
        }
    }

    /// <summary>§17.3: to occupants alone; to a nick that nobody has, unavailable.</summary>
    private void AnswerProbe(Stanza stanza, Effects effects)
    {
        if (!Exists || IsLocked || !MayProbe(stanza.From!, out var viewer))
            return;
        var target = stanza.To!.IsBare ? viewer.Occupant : null;
        if (target is not null || _occupants.TryGetValue(stanza.To, out target))
        {
            if (!Configuration.Broadcasts(target.Role) && !ReferenceEquals(target, viewer.Occupant))
                return;
            WriteHead(target.Jid, isUnavailable: false, stanza.RawId, effects);
            var isSelf = ReferenceEquals(target, viewer.Occupant);
            WriteTail(effects.BeginTail(), target, target.Primary.Presence, new Item(target, target.Role),
                isSelf || SeesRealJids(viewer.Occupant) ? target.Primary.Jid : null, isSelf ? [110] : []);
            effects.Send(StanzaKind.Presence, stanza.From!);
            return;
        }
        WriteHead(stanza.To, isUnavailable: true, stanza.RawId, effects);
        effects.BeginTail().Append(
            "'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/></x></presence>"u8);
        effects.Send(StanzaKind.Presence, stanza.From!);
    }

    // A server probes with the bare JID of its user (RFC 6121 §4.3.1); any of that user's sessions will do.
    private bool MayProbe(Jid from, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Session? viewer)
    {
        if (TryGetSession(from, out viewer))
            return true;
        if (!from.IsBare)
            return false;
        foreach (var occupant in _occupants.Values)
        {
            if (!occupant.RealBare.Equals(from))
                continue;
            viewer = occupant.Primary;
            return true;
        }
        return false;
    }
}
