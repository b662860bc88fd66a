// Hot path
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>Presence on its way out: each has exactly one muc#user element with role and affiliation, the real full JID
/// only for those who may see it, 110 only for oneself (XEP-0045 §7.2.2 to §7.2.4, §17.3).</summary>
internal sealed partial class Room
{
    /// <summary>One line of what a session sees on entering; false where <paramref name="shown"/> adds none: it is the
    /// viewer's own occupant, or hidden, or a further session of one that was shown.</summary>
    public bool WriteShown(Session shown, Session viewer, XmlBuffer xml)
    {
        var occupant = shown.Occupant;
        if (!ReferenceEquals(occupant.Primary, shown) || ReferenceEquals(occupant, viewer.Occupant)
            || !Configuration.Broadcasts(occupant.Role))
            return false;
        xml.Append("<presence from='"u8);
        xml.Append(occupant.Jid.Escaped);
        xml.Append("' to='"u8);
        xml.Append(viewer.Jid.Escaped);
        WriteTail(xml, occupant, shown.Presence, new Item(occupant, occupant.Role),
            SeesRealJids(viewer.Occupant) ? shown.Jid : null, []);
        return true;
    }

    /// <summary>An occupant as one session sees it.</summary>
    private void ShowTo(Session viewer, Occupant occupant, Effects effects)
    {
        WriteHead(occupant.Jid, isUnavailable: false, [], effects);
        var xml = effects.BeginTail();
        WriteTail(xml, occupant, occupant.Primary.Presence, new Item(occupant, occupant.Role),
            SeesRealJids(viewer.Occupant) ? occupant.Primary.Jid : null, []);
        effects.Send(StanzaKind.Presence, viewer.Jid);
    }

    /// <summary>The occupant's present state, to all but its own sessions. Nothing where its role is not broadcast
    /// (§7.2.2).</summary>
    private void TellOthers(Occupant occupant, Effects effects, string? actorNick = null, string? reason = null)
    {
        if (!Configuration.Broadcasts(occupant.Role) || (_list.Count == occupant.SessionCount && _subscriptions is null))
            return;
        var item = new Item(occupant, occupant.Role) { ActorNick = actorNick, Reason = reason };
        TellSubscribersOfPresence(occupant, occupant.Primary.Presence, item, isUnavailable: false, effects);
        WriteHead(occupant.Jid, isUnavailable: false, [], effects);
        if (!Configuration.IsNonAnonymous)
            WriteTail(effects.BeginTail(), occupant, occupant.Primary.Presence, item, null, []);
        WriteTail(OpenTail(effects), occupant, occupant.Primary.Presence, item, occupant.Primary.Jid, []);
        effects.Broadcast(StanzaKind.Presence, _list, occupant);
    }

    /// <summary>Self-presence: to one session, or to all of the occupant's.</summary>
    /// <param name="stanza">What the session <paramref name="asker"/> sent: its id is reflected to it.</param>
    private void TellSelf(Occupant occupant, Stanza? stanza, Session? asker, ReadOnlySpan<int> codes, Effects effects,
        Session? only = null, Session? except = null, string? actorNick = null, string? reason = null)
    {
        for (var i = 0; i < occupant.SessionCount; i++)
        {
            var session = occupant.SessionAt(i);
            if ((only is not null && !ReferenceEquals(only, session)) || ReferenceEquals(session, except))
                continue;
            var isAsker = ReferenceEquals(session, asker);
            WriteHead(occupant.Jid, isUnavailable: false, isAsker ? stanza!.RawId : [], effects);
            var item = new Item(occupant, occupant.Role) { ActorNick = actorNick, Reason = reason };
            // 210 and the like are for who asked.
            WriteTail(effects.BeginTail(), occupant, occupant.Primary.Presence, item, session.Jid,
                isAsker || asker is null ? codes : [110]);
            effects.Send(StanzaKind.Presence, session.Jid);
        }
    }

    /// <summary>Tells all that stay that the occupant is gone from its nick. The occupant's sessions are out of the
    /// room's list already, but for a change of nick.</summary>
    private void TellOthersGone(Occupant occupant, Session session, ReadOnlySpan<byte> content, in Removal why,
        Effects effects)
    {
        if (Configuration.Broadcasts(occupant.Role))
            HideFromOthers(occupant, session, content, why, effects);
    }

    private void HideFromOthers(Occupant occupant, Session session, ReadOnlySpan<byte> content, in Removal why,
        Effects effects)
    {
        var item = GoneItem(occupant, why);
        TellSubscribersOfPresence(occupant, content, item, isUnavailable: true, effects);
        if (_list.Count == 0)
            return;
        WriteHead(occupant.Jid, isUnavailable: true, [], effects);
        var codes = (ReadOnlySpan<int>)(why.Code == 0 ? [] : [why.Code]);
        if (!Configuration.IsNonAnonymous)
            WriteTail(effects.BeginTail(), occupant, content, item, null, codes);
        WriteTail(OpenTail(effects), occupant, content, item, session.Jid, codes);
        effects.Broadcast(StanzaKind.Presence, _list, occupant, session);
    }

    /// <summary>Writes unavailable presence for the session itself; the caller sends it.</summary>
    private void WriteUnavailable(Occupant occupant, Session session, ReadOnlySpan<byte> content, in Removal why,
        bool isSelf,
        Effects effects)
    {
        WriteHead(occupant.Jid, isUnavailable: true, [], effects);
        ReadOnlySpan<int> codes = (isSelf, why.Code) switch
        {
            (true, 0) => [110],
            (true, _) => [110, why.Code],
            (false, 0) => [],
            _ => [why.Code],
        };
        WriteTail(effects.BeginTail(), occupant, content, GoneItem(occupant, why), session.Jid, codes);
    }

    /// <summary>§7.6: under a new nick the role stays; else it is none (§7.14).</summary>
    private static Item GoneItem(Occupant occupant, in Removal why) =>
        new(occupant, why.NewNick is null ? Role.None : occupant.Role)
        {
            NewNick = why.NewNick,
            ActorNick = why.ActorNick,
            Reason = why.Reason,
        };

    // In a non-anonymous room everybody sees the same: one tail.
    private XmlBuffer OpenTail(Effects effects) => Configuration.IsNonAnonymous ? effects.BeginTail()
        : effects.BeginOpenTail();

    private static void WriteHead(Jid from, bool isUnavailable, ReadOnlySpan<byte> rawId, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append(isUnavailable ? "<presence type='unavailable' from='"u8 : "<presence from='"u8);
        xml.Append(from.Escaped);
        if (rawId.Length > 0)
        {
            xml.Append("' id='"u8);
            xml.AppendRawAttribute(rawId);
        }
        xml.Append("' to='"u8);
    }

    private void WriteTail(XmlBuffer xml, Occupant occupant, ReadOnlySpan<byte> content, in Item item, Jid? real,
        ReadOnlySpan<int> codes)
    {
        xml.Append("'"u8);
        xml.Append(content.IsEmpty ? ">"u8 : content);
        xml.Append("<x xmlns='http://jabber.org/protocol/muc#user'>"u8);
        WriteItem(xml, item, real);
        foreach (var code in codes)
            WriteStatus(xml, code);
        xml.Append("</x>"u8);
        foreach (var feature in Service.Features)
            feature.Decorate(this, occupant, xml);
        xml.Append("</presence>"u8);
    }

    private static void WriteItem(XmlBuffer xml, in Item item, Jid? real)
    {
        xml.Append("<item affiliation='"u8);
        xml.Append(Words.Utf8(item.Occupant.Affiliation));
        xml.Append("' role='"u8);
        xml.Append(Words.Utf8(item.Role));
        if (real is not null)
        {
            xml.Append("' jid='"u8);
            xml.Append(real.Escaped);
        }
        if (item.NewNick is not null)
        {
            xml.Append("' nick='"u8);
            xml.AppendEscaped(item.NewNick);
        }
        if (item.ActorNick is null && item.Reason is null)
        {
            xml.Append("'/>"u8);
            return;
        }
        xml.Append("'>"u8);
        WriteActorAndReason(xml, item.ActorNick, item.Reason);
        xml.Append("</item>"u8);
    }

    // The actor is named by nick, never by JID: the victim in a semi-anonymous room must not learn it (§8.2).
    private static void WriteActorAndReason(XmlBuffer xml, string? actorNick, string? reason)
    {
        if (actorNick is not null)
        {
            xml.Append("<actor nick='"u8);
            xml.AppendEscaped(actorNick);
            xml.Append("'/>"u8);
        }
        if (reason is null)
            return;
        xml.Append("<reason>"u8);
        xml.AppendEscaped(reason);
        xml.Append("</reason>"u8);
    }

    private static void WriteStatus(XmlBuffer xml, int code)
    {
        xml.Append("<status code='"u8);
        xml.Append(code);
        xml.Append("'/>"u8);
    }

    /// <summary>What a muc#user item says beside the affiliation.</summary>
    private readonly ref struct Item(Occupant occupant, Role role)
    {
        public Occupant Occupant { get; } = occupant;

        public Role Role { get; } = role;

        public string? NewNick { get; init; }

        public string? ActorNick { get; init; }

        public string? Reason { get; init; }
    }
}
