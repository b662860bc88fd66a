using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>Iqs to the room and, relayed, between occupants (XEP-0045 §17.4, §6.6; XEP-0410).</summary>
internal sealed partial class Room
{
    private void ApplyIq(Stanza stanza, Effects effects)
    {
        if (stanza.Type is StanzaType.Result or StanzaType.Error)
        {
            ReturnRelayed(stanza, effects);
            return;
        }
        if (stanza.Type is not (StanzaType.Get or StanzaType.Set))
            return;
        if (!stanza.To!.IsBare)
        {
            RelayIq(stanza, effects);
            return;
        }
        if (!Exists && Tombstone is { } tomb && tomb.Until > Service.Now)
        {
            effects.Error(stanza, GoneTo(tomb));
            return;
        }
        // §7.2.10: a locked room is none, but for its owner. A ban does not hide what a public room says of itself.
        if (!Exists || (IsLocked && AffiliationOf(stanza.From!.Bare) != Affiliation.Owner))
        {
            effects.Error(stanza, Exists ? MucErrors.RoomLocked : MucErrors.NoSuchRoom);
            return;
        }
        foreach (var feature in Service.Features)
        {
            if (feature.TryIq(this, stanza, effects))
                return;
        }
        effects.Error(stanza, StanzaError.ServiceUnavailable); // RFC 6120 §8.4
    }

    private void RelayIq(Stanza stanza, Effects effects)
    {
        if (!Exists || IsLocked && !TryGetSession(stanza.From, out _))
        {
            effects.Error(stanza, By(NotHere(stanza)));
            return;
        }
        if (!TryGetSession(stanza.From, out var session))
        {
            effects.Error(stanza, By(NotHere(stanza)));
            return;
        }
        if (!_occupants.TryGetValue(stanza.To!, out var target))
        {
            effects.Error(stanza, By(MucErrors.NoSuchOccupant));
            return;
        }
        if (ReferenceEquals(target, session.Occupant) && IsPayload(stanza, "ping"u8, "urn:xmpp:ping"u8))
        {
            effects.Result(stanza, null); // XEP-0410 §3.3: answered by the room
            return;
        }
        if (stanza.Payload.Length > Service.Options.MaxMessageBytes)
        {
            effects.Error(stanza, By(MucErrors.MessageTooLarge));
            return;
        }
        var recipient = IsForAccount(stanza) ? target.RealBare : target.Primary.Jid;
        if (Relays.TryAdd(session.Jid, stanza, recipient, target.Jid, Service) is not { } id)
        {
            effects.Error(stanza, By(MucErrors.TooManyRelays));
            return;
        }
        WriteRelayed(stanza, session.Occupant, id, effects);
        effects.Send(StanzaKind.Iq, recipient);
    }

    /// <summary>§6.6: bad-request to a stranger's disco of an occupant; not-acceptable to everything else (XEP-0410
    /// §3.1).</summary>
    private static StanzaError NotHere(Stanza stanza) =>
        IsPayload(stanza, "query"u8, "http://jabber.org/protocol/disco#info"u8) ||
        IsPayload(stanza, "query"u8, "http://jabber.org/protocol/disco#items"u8)
            ? MucErrors.OutsiderAsksOccupant
            : MucErrors.NotInRoom;

    /// <summary>vCard and PEP belong to the account, not to one of its resources (§17.4).</summary>
    private static bool IsForAccount(Stanza stanza) => stanza.Type == StanzaType.Get
        && (IsPayload(stanza, "vCard"u8, "vcard-temp"u8)
        || IsPayload(stanza, "pubsub"u8, "http://jabber.org/protocol/pubsub"u8));

    public static bool IsPayload(Stanza stanza, ReadOnlySpan<byte> name, ReadOnlySpan<byte> ns) =>
        stanza.PayloadName.SequenceEqual(name) && stanza.PayloadNamespace.SequenceEqual(ns);

    private static void WriteRelayed(Stanza stanza, Occupant from, string id, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append(stanza.Type == StanzaType.Get ? "<iq type='get' from='"u8 : "<iq type='set' from='"u8);
        xml.Append(from.Jid.Escaped);
        xml.Append("' id='"u8);
        xml.AppendEscaped(id);
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'"u8);
        WriteIqContent(stanza, xml);
        xml.Append("</iq>"u8);
    }

    private static void WriteIqContent(Stanza stanza, XmlBuffer xml)
    {
        ClientContent.WriteOpening(stanza, xml);
        var children = stanza.Children;
        while (children.ReadElement())
            ClientContent.Copy(stanza, ref children, xml);
    }

    /// <summary>The answer goes back under the asker's own id, from the occupant JID that was asked. Taken only from
    /// the address that was asked.</summary>
    private void ReturnRelayed(Stanza stanza, Effects effects)
    {
        if (stanza.Id is not { } id || Relays.Take(StanzaKind.Iq, id, stanza.From!) is not { } relay)
            return;
        var xml = effects.BeginHead();
        xml.Append(stanza.Type == StanzaType.Result ? "<iq type='result' from='"u8 : "<iq type='error' from='"u8);
        xml.Append(relay.Asked.Escaped);
        xml.Append("' id='"u8);
        xml.AppendRawAttribute(relay.RawId);
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'"u8);
        if (stanza.Type == StanzaType.Error)
        {
            xml.Append(">"u8);
            DeliveryErrors.WriteBare(xml, DeliveryErrors.TypeOf(stanza), DeliveryErrors.ConditionOf(stanza));
        }
        else
        {
            WriteIqContent(stanza, xml);
        }
        xml.Append("</iq>"u8);
        effects.Send(StanzaKind.Iq, relay.Asker);
    }
}
