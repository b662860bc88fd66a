// Hot path
using System.Buffers;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;

namespace Annex.Muc.Rooms;

// One stanza for many (XEP-0033): to the server's multicast service, with an address of type bcc for each receiver. The
// server takes the addresses out (§7 for bcc) and each receiver gets the very stanza that it would get otherwise.
internal partial struct EffectWriter
{
    private static ReadOnlySpan<byte> Addresses => "<addresses xmlns='http://jabber.org/protocol/address'>"u8;

    private readonly bool IsForMany(in Effect effect) =>
        (keepsOrder || effect.RecipientCount >= multicast!.FromOccupants)
        && MayCarryAddresses(effect, effects.TailOf(effect, seesJids: true))
        && MayCarryAddresses(effect, effects.TailOf(effect, seesJids: false));

    /// <summary>A single stanza goes the way of those before it, or it might arrive before them. Who has only just entered has
    /// got none that way.</summary>
    private readonly MulticastService? MulticastFor(in Effect effect, ReadOnlySpan<byte> tail) =>
        (keepsOrder || HasMulticast) && !ReferenceEquals(effect.To, effects.Newcomer) && MayCarryAddresses(effect, tail)
            ? ServiceOf(effect.To!) : null;

    private readonly MulticastService? ServiceOf(Jid person)
    {
        foreach (var service in _services)
        {
            if (service.Serves(person))
                return service;
        }
        return null;
    }

    /// <summary>No iq (XEP-0033 §3), and nothing in which somebody has put addresses of their own: the service would act on
    /// them.</summary>
    private static bool MayCarryAddresses(in Effect effect, ReadOnlySpan<byte> tail) =>
        effect.Stanza != StanzaKind.Iq && tail.EndsWith(EndOf(effect.Stanza))
        && tail.IndexOf("http://jabber.org/protocol/address"u8) < 0;

    private static ReadOnlySpan<byte> EndOf(StanzaKind kind) =>
        kind == StanzaKind.Message ? "</message>"u8 : "</presence>"u8;

    private bool WriteToMany(in OutgoingBatch batch, in Effect effect, ref int budget)
    {
        for (; _pass < 1 + (2 * _services.Length); _pass++, _recipient = 0)
        {
            var isDone = _pass == 0
                ? WriteEach(batch, effect, ref budget, isRest: true)
                : WriteAddressed(batch, effect, _services[(_pass - 1) / 2], _pass % 2 == 0, ref budget);
            if (!isDone)
                return false;
        }
        _pass = 0;
        return true;
    }

    private bool WriteAddressed(in OutgoingBatch batch, in Effect effect, MulticastService service, bool seesJids, ref int budget)
    {
        // Where all see the same, all are in the first group.
        var isOneGroup = effect.OpenTailLength == 0;
        if (isOneGroup && seesJids)
            return true;
        var tail = effects.TailOf(effect, seesJids);
        while (_recipient < effect.RecipientCount)
        {
            if (budget <= 0)
                return false;
            budget -= WriteStanza(batch, effect, service, seesJids, isOneGroup, tail);
        }
        return true;
    }

    /// <summary>One stanza with as many addresses as go into it.</summary>
    /// <returns>Bytes; none where nobody was left.</returns>
    private int WriteStanza(in OutgoingBatch batch, in Effect effect, MulticastService service, bool seesJids, bool isOneGroup,
        ReadOnlySpan<byte> tail)
    {
        int size = 0, addressed = 0;
        for (; _recipient < effect.RecipientCount && addressed < service.MaxAddresses && size < BytesPerBatch; _recipient++)
        {
            var session = effect.Recipients![_recipient];
            if (IsExcepted(effect, session) || !service.Serves(session.Jid)
                || (!isOneGroup && Privileges.SeesRealJids(session.Occupant.Role) != seesJids))
                continue;
            if (addressed++ == 0)
                size += WriteBeginning(batch, effect, service, tail);
            size += WriteAddress(batch, session.Jid);
        }
        return addressed == 0 ? 0 : size + WriteEnd(batch, effect);
    }

    private int WriteToOne(in OutgoingBatch batch, in Effect effect, MulticastService service, ReadOnlySpan<byte> tail) =>
        WriteBeginning(batch, effect, service, tail) + WriteAddress(batch, effect.To!) + WriteEnd(batch, effect);

    private readonly int WriteBeginning(in OutgoingBatch batch, in Effect effect, MulticastService service, ReadOnlySpan<byte> tail)
    {
        var head = effects.HeadOf(effect);
        var rest = tail[..^EndOf(effect.Stanza).Length];
        batch.Output.Write(head);
        batch.Output.Write(service.Address.Escaped);
        batch.Output.Write(rest);
        batch.Output.Write(Addresses);
        return head.Length + rest.Length + Addresses.Length;
    }

    private static int WriteAddress(in OutgoingBatch batch, Jid person)
    {
        batch.Output.Write("<address type='bcc' jid='"u8);
        batch.Output.Write(person.Escaped);
        batch.Output.Write("'/>"u8);
        return 28 + person.Escaped.Length;
    }

    private int WriteEnd(in OutgoingBatch batch, in Effect effect)
    {
        batch.Output.Write("</addresses>"u8);
        batch.Output.Write(EndOf(effect.Stanza));
        batch.Commit(effect.Stanza);
        HasMulticast = true;
        return 24;
    }
}
