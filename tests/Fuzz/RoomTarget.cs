using Annex.Muc;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Fuzz;

/// <summary>A room with three people, and whatever is sent to it by them and by a stranger: no exception, and all that it sends is
/// well-formed, from the room, and never more for one stanza than its people and its history account for.</summary>
internal static class RoomTarget
{
    private const string Address = "r@m.example";
    private static readonly byte[] Header =
        [.. "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' id='1'>"u8];

    private static readonly string[] Senders = ["a@u.example/1", "b@u.example/1", "c@u.example/1", "d@v.example/1"];

    public static void Run(byte[] input)
    {
        var room = Prepare();
        using var framer = new StanzaFramer(new XmlLimits { MaxStanzaBytes = 4000, MaxDepth = 12 });
        ReadOnlySpan<byte> header = Header;
        framer.Read(ref header, out _);
        ReadOnlySpan<byte> rest = input;
        try
        {
            for (int i = 0; ; i++)
            {
                var kind = framer.Read(ref rest, out var stanza);
                if (kind is FrameKind.NeedMore or FrameKind.End) return;
                if (stanza is null) continue;
                using (stanza) Send(room, stanza, i);
            }
        }
        catch (XmlStreamException)
        {
            // No XML any more: the server's business.
        }
    }

    private static void Send(Room room, Stanza sent, int number)
    {
        // The server puts from in; to is the room or one in it.
        var element = sent.ToElement();
        if (Jid.TryParse(element["from"], out var from) && Array.IndexOf(Senders, from.ToString()) >= 0) element["from"] = from.ToString();
        else element["from"] = Senders[number % Senders.Length];
        if (!Jid.TryParse(element["to"], out var to) || to.Bare.ToString() != Address) element["to"] = Address;
        Apply(room, element.ToString());
    }

    private static Room Prepare()
    {
        var options = new MucOptions { OccupantIdSecret = "sixteen characters", MaxHistory = 5 };
        var service = new ChatService(Jid.Parse("m.example"), options, TimeProvider.System)
        {
            LocalDomains = new HashSet<string> { "u.example" },
        };
        var room = new Room(service, Jid.Parse(Address));
        Apply(room, $"<presence xmlns='jabber:component:accept' from='{Senders[0]}' to='{Address}/a'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        Apply(room, $"<iq xmlns='jabber:component:accept' type='set' id='c' from='{Senders[0]}' to='{Address}'>"
            + "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>");
        foreach (var nick in (string[])["b", "c"])
        {
            Apply(room, $"<presence xmlns='jabber:component:accept' from='{nick}@u.example/1' to='{Address}/{nick}'>"
                + "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
        }

        return room;
    }

    private static void Apply(Room room, string xml)
    {
        using var stanza = Stanza.Parse(System.Text.Encoding.UTF8.GetBytes(xml));
        using var effects = new Effects();
        room.Apply(RoomCommand.Of(stanza), effects);
        int sent = 0;
        for (int i = 0; i < effects.Count; i++)
        {
            ref readonly var effect = ref effects[i];
            if (effect.Kind > EffectKind.Broadcast) continue;
            sent += effect.Kind == EffectKind.Send ? 1 : effect.RecipientCount;
            foreach (bool seesJids in (bool[])[true, false]) Check(effects, effect, seesJids);
        }

        FuzzTargets.Require(sent < 100, $"{sent} stanzas for one");
        FuzzTargets.Require(!room.IsWaiting, "it waits for a store that there is not");
    }

    private static void Check(Effects effects, in Effect effect, bool seesJids)
    {
        byte[] written = [.. effects.HeadOf(effect), .. "x@y.example/z"u8, .. effects.TailOf(effect, seesJids)];
        Element element;
        try
        {
            element = Element.Parse(written);
        }
        catch (XmlStreamException e)
        {
            throw new InvalidOperationException("Broken: what is sent is not well-formed: " + System.Text.Encoding.UTF8.GetString(written), e);
        }

        FuzzTargets.Require(string.Equals(element.Name, effect.Stanza.ToString(), StringComparison.OrdinalIgnoreCase), "another kind of stanza");
        FuzzTargets.Require(Jid.TryParse(element["from"], out var from) && from.Bare.ToString() == Address, "not from the room");
        FuzzTargets.Require(element["to"] == "x@y.example/z", "to somebody else");
    }
}
