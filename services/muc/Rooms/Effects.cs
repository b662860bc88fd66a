// Hot path
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Rooms;

/// <summary>What one command to a room leads to, in the order in which it has to happen. Reused; owned by a
/// mailbox.</summary>
internal sealed class Effects : IDisposable
{
    private Effect[] _items = new Effect[16];
    private StanzaWriter? _writer;
    private XmlBuffer? _scratch;
    private int _head;
    private int _tail;
    private int _openTail;

    /// <summary>Where the stanza that is being made is written.</summary>
    public XmlBuffer Xml { get; } = new();

    /// <summary>Bytes of an answer at most: see <see cref="MucOptions.MaxAnswerBytes"/>.</summary>
    public int MaxAnswerBytes { get; init; } = int.MaxValue;

    /// <summary>Room for one stanza that is made while others are sent.</summary>
    public XmlBuffer Scratch => _scratch ??= new XmlBuffer();

    public int Count { get; private set; }

    /// <summary>Who entered by this command and so has got nothing from the room before.</summary>
    public Jid? Newcomer { get; set; }

    /// <summary>Put on every effect from here on.</summary>
    public EffectCondition Condition { get; set; }

    public ref readonly Effect this[int index] => ref _items[index];

    /// <summary>Starts a stanza: its head is written up to the opening quote of its to attribute.</summary>
    public XmlBuffer BeginHead()
    {
        _head = _tail = _openTail = Xml.Length;
        return Xml;
    }

    /// <summary>Ends the head; the rest of the stanza follows, from the closing quote of to.</summary>
    public XmlBuffer BeginTail()
    {
        _tail = _openTail = Xml.Length;
        return Xml;
    }

    /// <summary>The same rest again, for those who see real JIDs.</summary>
    public XmlBuffer BeginOpenTail()
    {
        _openTail = Xml.Length;
        return Xml;
    }

    public void Send(StanzaKind kind, Jid to)
    {
        ref var effect = ref Add(EffectKind.Send);
        Describe(ref effect, kind);
        effect.To = to;
    }

    public void Broadcast(StanzaKind kind, SessionList recipients, Occupant? except = null, Session? exceptSession =
        null)
    {
        if (recipients.Count == 0)
            return;
        ref var effect = ref Add(EffectKind.Broadcast);
        Describe(ref effect, kind);
        effect.Recipients = recipients.Items;
        effect.RecipientCount = recipients.Count;
        effect.ExceptOccupant = except;
        effect.ExceptSession = exceptSession;
    }

    /// <summary>The presence of everybody in <paramref name="room"/> but the viewer's own; nothing after it in this
    /// command may change what is shown.</summary>
    public void ShowAll(Room room, Session viewer)
    {
        if (room.OccupantCount < 2)
            return;
        ref var effect = ref Add(EffectKind.Roster);
        effect.Stanza = StanzaKind.Presence;
        effect.Recipients = room.Sessions.Items;
        effect.RecipientCount = room.Sessions.Count;
        effect.Viewer = viewer;
        effect.Data = room;
    }

    /// <summary>Sends a stanza built as a tree; its to is the receiver.</summary>
    public void Send(Element stanza, Jid to)
    {
        var kind = stanza.Name switch
        {
            "message" => StanzaKind.Message,
            "presence" => StanzaKind.Presence,
            _ =>
            StanzaKind.Iq
        };
        stanza["to"] = null;
        BeginHead();
        Xml.Append("<"u8);
        Xml.AppendEscaped(stanza.Name);
        Xml.Append(" to='"u8);
        BeginTail();
        Xml.Append("'"u8);
        // The rest of the head and the content: written whole, then its opening is cut off.
        var start = Xml.Length;
        stanza.WriteTo(Xml, Namespaces.Component);
        CutOpening(start, stanza.Name.Length + 1);
        Send(kind, to);
    }

    /// <summary>Answers an iq; with resource-constraint where the answer would be longer than a server takes.</summary>
    public void Result(Stanza iq, Element? payload)
    {
        var start = Xml.Length;
        var xml = ReplyHead(iq, "result"u8);
        if (payload is null)
        {
            xml.Append("/>"u8);
        }
        else
        {
            xml.Append(">"u8);
            payload.WriteTo(xml, Namespaces.Component);
            xml.Append("</iq>"u8);
        }
        if (xml.Length - start > MaxAnswerBytes)
        {
            xml.Truncate(start);
            Error(iq, MucErrors.AnswerTooLong);
            return;
        }
        Send(StanzaKind.Iq, iq.From!);
    }

    /// <summary>Refuses a stanza of any kind; one that is itself an error or a result gets no answer (RFC 6120
    /// §8.3.1).</summary>
    public void Error(Stanza stanza, StanzaError error)
    {
        if (stanza.Type is StanzaType.Error or StanzaType.Result || stanza.From is null)
            return;
        var xml = ReplyHead(stanza, "error"u8);
        xml.Append(">"u8);
        if (stanza.Kind == StanzaKind.Presence)
            xml.Append("<x xmlns='http://jabber.org/protocol/muc'/>"u8); // XEP-0045 §7.2.5, every example
        (_writer ??= new StanzaWriter(Xml)).Error(error);
        xml.Append("</"u8);
        xml.Append(NameOf(stanza.Kind));
        xml.Append(">"u8);
        Send(stanza.Kind, stanza.From);
    }

    public void Store(RoomChange change) => Add(EffectKind.Store).Data = change;

    /// <summary>The room applies nothing more until it was told whether all that it stored is durable.</summary>
    public void Await() => Add(EffectKind.Await);

    public void Wake(DateTimeOffset at) => Add(EffectKind.Wake).Data = at;

    public void List(RoomSummary? summary) => Add(EffectKind.List).Data = summary;

    public void End(Tombstone? tombstone) => Add(EffectKind.End).Data = tombstone;

    public ReadOnlySpan<byte> HeadOf(in Effect effect) => Xml.Slice(effect.Head, effect.HeadLength);

    public ReadOnlySpan<byte> TailOf(in Effect effect, bool seesJids) => seesJids && effect.OpenTailLength > 0
        ? Xml.Slice(effect.OpenTail, effect.OpenTailLength)
        : Xml.Slice(effect.Tail, effect.TailLength);

    public void Clear()
    {
        Array.Clear(_items, 0, Count);
        if (_items.Length > 4096)
            _items = new Effect[16];
        Count = 0;
        Newcomer = null;
        Condition = EffectCondition.Always;
        Xml.Clear();
    }

    public void Dispose()
    {
        Xml.Dispose();
        _scratch?.Dispose();
    }

    private static ReadOnlySpan<byte> NameOf(StanzaKind kind) => kind switch
    {
        StanzaKind.Message => "message"u8,
        StanzaKind.Presence => "presence"u8,
        _ => "iq"u8,
    };

    private XmlBuffer ReplyHead(Stanza stanza, ReadOnlySpan<byte> type)
    {
        var xml = BeginHead();
        xml.Append("<"u8);
        xml.Append(NameOf(stanza.Kind));
        xml.Append(" type='"u8);
        xml.Append(type);
        if (stanza.To is not null)
        {
            xml.Append("' from='"u8);
            xml.Append(stanza.To.Escaped);
        }
        if (stanza.RawId.Length > 0)
        {
            xml.Append("' id='"u8);
            xml.AppendRawAttribute(stanza.RawId);
        }
        xml.Append("' to='"u8);
        BeginTail();
        xml.Append("'"u8);
        return xml;
    }

    private void CutOpening(int start, int length)
    {
        var rest = Xml.Slice(start + length, Xml.Length - start - length).ToArray();
        Xml.Truncate(start);
        Xml.Append(rest);
    }

    private void Describe(ref Effect effect, StanzaKind kind)
    {
        var end = Xml.Length;
        effect.Stanza = kind;
        effect.Head = _head;
        effect.HeadLength = _tail - _head;
        effect.Tail = _tail;
        var isOpen = _openTail > _tail;
        effect.TailLength = (isOpen ? _openTail : end) - _tail;
        effect.OpenTail = _openTail;
        effect.OpenTailLength = isOpen ? end - _openTail : 0;
    }

    private ref Effect Add(EffectKind kind)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Count * 2);
        ref var effect = ref _items[Count++];
        effect = default;
        effect.Kind = kind;
        effect.Condition = Condition;
        return ref effect;
    }
}
