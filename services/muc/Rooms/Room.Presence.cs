using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>What people's presence means: entering, leaving, changing nick or availability (XEP-0045 §7.1, §7.2, §7.6,
/// §7.7, §7.14, §17.3).</summary>
internal sealed partial class Room
{
    private void ApplyPresence(Stanza stanza, Effects effects)
    {
        switch (stanza.Type)
        {
            case StanzaType.Available:
                ApplyAvailable(stanza, effects);
                break;
            case StanzaType.Unavailable:
                // §17.3: silently ignored from somebody with role none. After a change of nick a server sends it to the
                // old address as well, so the resource is not compared.
                if (TryGetSession(stanza.From, out var leaving))
                    Leave(leaving, PresenceContent(stanza, out _), effects);
                break;
            case StanzaType.Probe:
                AnswerProbe(stanza, effects);
                break;
            case StanzaType.Error:
                ApplyDeliveryError(stanza, effects);
                break;
        }
    }

    private void ApplyAvailable(Stanza stanza, Effects effects)
    {
        var isHere = TryGetSession(stanza.From, out var session);
        var request = JoinRequest.Read(stanza);
        if (!isHere && request is null && !stanza.To!.IsBare)
        {
            RefuseUntagged(stanza, effects);
            return;
        }
        if (stanza.To!.IsBare)
        {
            effects.Error(stanza, By(MucErrors.NickMissing)); // §7.2.1
            return;
        }
        if (!isHere)
        {
            Join(stanza, request!, effects);
            return;
        }
        if (!TryPrepareNick(stanza, out var wished, out var isRewritten))
        {
            effects.Error(stanza, By(MucErrors.NickNotAllowed));
            return;
        }
        if (!wished.Equals(session!.Occupant.Jid))
        {
            if (!ChangeNick(session, wished, isRewritten, stanza, effects))
                return;
            if (request is not null)
                Synchronise(session, request, stanza, isNew: false, effects);
            return;
        }
        var hasChanged = TakePresence(session, stanza);
        if (hasChanged)
            PersistBehind(effects, new PresenceStored(session.Jid, session.Presence));
        if (request is not null)
        {
            // §7.2.1, §17.3: everything as if it had just joined; the others hear of it only when something is
            // different.
            Synchronise(session, request, stanza, isNew: false, effects);
            if (hasChanged && ReferenceEquals(session.Occupant.Primary, session))
                TellOthers(session.Occupant, effects);
            return;
        }
        if (ReferenceEquals(session.Occupant.Primary, session))
            TellOthers(session.Occupant, effects);
        TellSelf(session.Occupant, stanza, session, [110], effects);
    }

    /// <summary>§7.2.18: presence without the MUC element from somebody who is not here is no groupchat 1.0 join: a
    /// client that takes itself for joined has to learn that it is not.</summary>
    private static void RefuseUntagged(Stanza stanza, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<presence type='unavailable' from='"u8);
        xml.Append(stanza.To!.Escaped);
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'>"u8);
        xml.Append("<reason>You are not in the room.</reason></item>"u8);
        xml.Append("<status code='110'/><status code='307'/><status code='333'/></x></presence>"u8);
        effects.Send(StanzaKind.Presence, stanza.From!);
    }

    /// <summary>Remembers the session's new presence.</summary>
    /// <returns>Whether it differs from what it was.</returns>
    private bool TakePresence(Session session, Stanza stanza)
    {
        var content = PresenceContent(stanza, out var priority);
        var hasChanged = !content.AsSpan().SequenceEqual(session.Presence) || priority != session.Priority;
        if (!hasChanged)
            return false;
        session.Presence = content;
        session.Priority = priority;
        session.Occupant?.Reconsider(session);
        return true;
    }

    /// <summary>What of a client's presence is shown: language and payload without what only the room may say
    /// (§17.3).</summary>
    private byte[] PresenceContent(Stanza stanza, out sbyte priority)
    {
        priority = 0;
        if (stanza.Payload.IsEmpty && stanza.RawLang.IsEmpty)
            return Session.PlainPresence;
        using var content = new XmlBuffer();
        ClientContent.WriteOpening(stanza, content);
        var start = content.Length;
        var isLarge = stanza.Payload.Length > Service.Options.MaxPresenceBytes;
        var children = stanza.Children;
        while (children.ReadElement())
        {
            if (ClientContent.IsOwn(children, "priority"u8))
                priority = ClientContent.ReadPriority(children);
            if (ClientContent.IsRoomsOnly(this, children, isPresence: true)
                || (isLarge && !IsKeptOfLarge(children)))
                continue;
            ClientContent.Copy(stanza, ref children, content);
        }
        return content.Length == start && stanza.RawLang.IsEmpty ? Session.PlainPresence : content.Written.ToArray();
    }

    // Also one status text alone can be larger than all of a presence may be.
    private bool IsKeptOfLarge(in Xmpp.Xml.XmlReader child) =>
        ClientContent.IsBasicPresence(child) && child.Outer.Length <= Service.Options.MaxPresenceBytes / 2;

    /// <summary>Leaves by its own will (§7.14).</summary>
    public void Leave(Session session, ReadOnlySpan<byte> content, Effects effects)
    {
        if (IsLocked && AffiliationOf(session.Occupant.RealBare) == Affiliation.Owner && _sessions.Count == 1)
        {
            // §10.1.3: the owner goes before the room is configured.
            Destroy(new Destruction(session.Occupant.RealBare, null, null, null), null, effects);
            return;
        }
        Take(session, content, Removal.Own, effects);
        AfterLeaving(effects);
    }

    /// <summary>One session goes: it is told first, then those who stay.</summary>
    private void Take(Session session, ReadOnlySpan<byte> content, in Removal why, Effects effects)
    {
        var occupant = session.Occupant;
        var wasPrimary = ReferenceEquals(occupant.Primary, session);
        var before = occupant.Primary.Presence;
        Detach(session, effects);
        WriteUnavailable(occupant, session, content, why, isSelf: true, effects);
        effects.Send(StanzaKind.Presence, session.Jid);
        if (occupant.SessionCount == 0)
        {
            _occupants.Remove(occupant.Jid);
            TellOthersGone(occupant, session, content, why, effects);
        }
        else if (wasPrimary && !before.AsSpan().SequenceEqual(occupant.Primary.Presence))
        {
            TellOthers(occupant, effects);
            TellSelf(occupant, null, null, [110], effects);
        }
    }

    private void Detach(Session session, Effects effects)
    {
        session.Occupant.Remove(session);
        _sessions.Remove(session.Jid);
        _list.Remove(session);
        _absent?.Invalidate();
        _subscriptions?.Invalidate();
        Relays.Forget(session.Jid);
        Service.Census.RemoveSession(session.Occupant.RealBare);
        PersistBehind(effects, new OccupantRemoved(session.Jid));
    }

    /// <summary>§7.14: a room that is not persistent goes with its last occupant.</summary>
    private void AfterLeaving(Effects effects)
    {
        if (_sessions.Count > 0 || !Exists)
            return;
        LastUsed = Service.Now;
        // An emptied dictionary keeps its size: idle rooms in memory have none.
        (_occupants, _sessions) = (NoOccupants, NoSessions);
        if (Configuration.IsPersistent && !IsLocked)
            effects.Wake(LastUsed + Service.Options.IdleAfter);
        else
            Vanish(null, effects);
    }
}
