using System.Text;
using System.Xml.Linq;
using Annex.Muc.Features;
using Annex.Muc.Rooms;
using Annex.Testing;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Tests;

/// <summary>One room and the people around it, without network, mailbox or thread: a stanza goes in, and what each address
/// receives comes out, in order. A change that has to be stored is stored at once, or when the test says so.</summary>
internal sealed class RoomTable
{
    public const string Address = "coven@chat.shakespeare.lit";
    public const string Muc = "<x xmlns='http://jabber.org/protocol/muc'/>";

    public RoomTable(MucOptions? options = null, bool isDurable = false, Type? without = null)
    {
        Options = options ?? new MucOptions { OccupantIdSecret = "when the hurlyburly's done" };
        Service = NewService(isDurable, without);
        Room = new Room(Service, Jid.Parse(Address));
    }

    public MucOptions Options { get; }

    public ManualTime Time { get; } = new();

    public ChatService Service { get; }

    public Room Room { get; private set; }

    /// <summary>Whether a change that has to be stored first is, without being asked.</summary>
    public bool StoresByItself { get; set; } = true;

    /// <summary>What everybody received since the last look, by receiver.</summary>
    public Dictionary<string, List<XElement>> Received { get; } = [];

    /// <summary>What the room wanted stored.</summary>
    public List<RoomChange> Stored { get; } = [];

    public ChatService NewService(bool isDurable, Type? without = null) => new(Jid.Parse("chat.shakespeare.lit"), Options, Time)
    {
        LocalDomains = new HashSet<string> { "shakespeare.lit" },
        Admins = new HashSet<Jid> { Jid.Parse("bard@shakespeare.lit") },
        IsDurable = isDurable,
        Features = [.. FeatureList.All.Where(f => f.GetType() != without)],
    };

    /// <summary>The process ended, and a new one has the room as the store kept it.</summary>
    public void Restart(StoredRoom stored) => Room = new Room(Service, Jid.Parse(Address), stored);

    public void Send(string from, string xml)
    {
        var stanza = XElement.Parse($"<s xmlns='jabber:component:accept'>{xml}</s>").Elements().Single();
        stanza.SetAttributeValue("from", from);
        using var parsed = Stanza.Parse(Encoding.UTF8.GetBytes(stanza.ToString(SaveOptions.DisableFormatting)));
        Apply(RoomCommand.Of(parsed), isStored: true);
    }

    public void Apply(in RoomCommand command, bool isStored = true)
    {
        using var effects = new Effects();
        Room.Apply(command, effects);
        Take(effects, isStored);
        if (Room.IsWaiting && StoresByItself)
            Apply(new RoomCommand(RoomCommandKind.Stored));
    }

    public void Join(string from, string nick, string inside = "") =>
        Send(from, $"<presence to='{Address}/{nick}'><x xmlns='http://jabber.org/protocol/muc'>{inside}</x></presence>");

    /// <summary>A room that is open, with an owner as firstwitch.</summary>
    public void Create(params (string Field, string Value)[] fields)
    {
        Join("crone1@shakespeare.lit/desktop", "firstwitch");
        Configure(fields);
        Received.Clear();
        Stored.Clear();
    }

    public void Configure(params (string Field, string Value)[] fields)
    {
        var form = string.Concat(fields.Select(f => $"<field var='muc#roomconfig_{f.Field}'><value>{f.Value}</value></field>"));
        Send("crone1@shakespeare.lit/desktop", $"<iq type='set' id='c' to='{Address}'><query xmlns='http://jabber.org/protocol/muc#owner'>" +
            $"<x xmlns='jabber:x:data' type='submit'>{form}</x></query></iq>");
    }

    /// <summary>Everything that this address received, and forgets it.</summary>
    public List<XElement> Take(string jid)
    {
        if (!Received.Remove(jid, out var stanzas))
            return [];
        return stanzas;
    }

    private void Take(Effects effects, bool isStored)
    {
        for (var i = 0; i < effects.Count; i++)
        {
            ref readonly var effect = ref effects[i];
            if (effect.Kind == EffectKind.Store)
                Stored.Add((RoomChange)effect.Data!);
            if (effect.Kind > EffectKind.Roster
                || effect.Condition == (isStored ? EffectCondition.IfRefused : EffectCondition.IfStored))
                continue;
            if (effect.Kind == EffectKind.Send)
            {
                Deliver(effects, effect, effect.To!, seesJids: true);
                continue;
            }
            for (var r = 0; r < effect.RecipientCount; r++)
            {
                if (effect.Kind == EffectKind.Roster)
                {
                    effects.Scratch.Clear();
                    if (((Room)effect.Data!).WriteShown(effect.Recipients![r], effect.Viewer!, effects.Scratch))
                        Deliver(Encoding.UTF8.GetString(effects.Scratch.Written), effect.Viewer!.Jid);
                    continue;
                }
                var session = effect.Recipients![r];
                if (!ReferenceEquals(session.Occupant, effect.ExceptOccupant) && !ReferenceEquals(session, effect.ExceptSession))
                    Deliver(effects, effect, session.Jid, Privileges.SeesRealJids(session.Occupant.Role));
            }
        }
    }

    private void Deliver(Effects effects, in Effect effect, Jid to, bool seesJids)
    {
        var xml = Encoding.UTF8.GetString(effects.HeadOf(effect)) + Encoding.UTF8.GetString(to.Escaped)
            + Encoding.UTF8.GetString(effects.TailOf(effect, seesJids));
        Deliver(xml, to);
    }

    private void Deliver(string xml, Jid to)
    {
        var stanza = XElement.Parse($"<s xmlns='jabber:component:accept'>{xml}</s>").Elements().Single();
        if (!Received.TryGetValue(to.ToString(), out var list))
            Received[to.ToString()] = list = [];
        list.Add(stanza);
    }
}
