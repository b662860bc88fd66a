using System.Xml.Linq;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Xunit;

namespace Annex.Muc.Tests;

/// <summary>A conversation made up at random, with a model of what each client believes to see.</summary>
internal sealed class FuzzTalk
{
    private static readonly XNamespace Stream = "jabber:component:accept";
    private static readonly XNamespace User = MucNamespaces.User;

    private readonly Random _random;
    private readonly FuzzStanzas _stanzas;
    private readonly int _seed;
    private readonly RoomTable _table;

    // What each session believes: nicks that it saw arrive and not depart.
    private readonly Dictionary<string, HashSet<string>> _seen = [];
    private readonly Dictionary<string, List<string>> _messages = [];
    private int _step;
    private string _last = "";

    /// <summary>Steps after which at least three people were in the room: fewer, and the conversation tested little.</summary>
    public int BusySteps { get; private set; }

    /// <param name="without">A feature that the rooms lack: a fault that has to be found.</param>
    public FuzzTalk(int seed, bool isDurable = false, Type? without = null)
    {
        _seed = seed;
        _random = new Random(seed);
        _stanzas = new FuzzStanzas(_random);
        _table = new RoomTable(new MucOptions
        {
            CreateRooms = RoomCreators.Anyone,
            MessagesPerSecond = 0,
            RoomMessagesPerSecond = 0,
            TombstoneLife = TimeSpan.Zero,
            OccupantIdSecret = "double, double toil and trouble",
            MaxPresenceBytes = 256,
            MaxSessionsPerNick = 2,
        }, isDurable, without);
    }

    public void Step()
    {
        _step++;
        var from = _stanzas.Sender();
        _last = _stanzas.Make(_step);
        var moderatorsBefore = WhoSeesJids();
        _table.Send(from, _last);
        if (_random.Next(20) == 0)
            _table.Time.Advance(TimeSpan.FromSeconds(_random.Next(200)));
        if (_random.Next(50) == 0)
            _table.Apply(new RoomCommand(RoomCommandKind.Tick));
        foreach (var (jid, stanzas) in _table.Received)
        {
            foreach (var stanza in stanzas)
                Follow(jid, stanza, moderatorsBefore);
        }
        _table.Received.Clear();
        Check();
    }

    private HashSet<string> WhoSeesJids() =>
        [.. _table.Room.Occupants.Where(o => _table.Room.SeesRealJids(o)).SelectMany(Sessions).Select(s => s.Jid.ToString())];

    private static IEnumerable<Session> Sessions(Occupant occupant) =>
        Enumerable.Range(0, occupant.SessionCount).Select(occupant.SessionAt);

    /// <summary>One stanza as a client takes it.</summary>
    private void Follow(string jid, XElement stanza, HashSet<string> sawJidsBefore)
    {
        var x = stanza.Elements(User + "x").ToList();
        var codes = x.Elements(User + "status").Select(s => (string)s.Attribute("code")!).ToList();
        Assert.True(x.Count <= 1, Because("more than one muc#user element", stanza));
        Assert.False(stanza.ToString().Contains("forged", StringComparison.Ordinal), Because("something forged", stanza));
        Assert.DoesNotContain("174", codes);
        if (stanza.Name == Stream + "presence" && (string?)stanza.Attribute("type") is null or "unavailable")
            FollowPresence(jid, stanza, x.Single(), codes, sawJidsBefore);
        if (stanza.Name == Stream + "message" && (string?)stanza.Attribute("type") == "groupchat" && stanza.Element(Stream + "body") is not null
            && stanza.Element((XNamespace)MucNamespaces.Delay + "delay") is null)
            Messages(jid).Add((string)stanza.Attribute("id")!);
    }

    private void FollowPresence(string jid, XElement stanza, XElement x, List<string> codes, HashSet<string> sawJidsBefore)
    {
        var item = x.Element(User + "item")!;
        var isGone = (string?)stanza.Attribute("type") == "unavailable";
        var isSelf = codes.Contains("110");
        var isStranger = isGone && codes.Contains("307") && codes.Contains("333");
        Assert.True(isStranger || !(codes.Contains("307") && codes.Contains("333")), Because("307 with 333", stanza));
        Assert.NotNull(item.Attribute("affiliation"));
        Assert.NotNull(item.Attribute("role"));
        if ((string?)item.Attribute("jid") is { } shown)
        {
            Assert.Contains('/', shown); // §17.3: never a bare JID
            var may = Jid.Parse(shown).Bare.Equals(Jid.Parse(jid).Bare) || sawJidsBefore.Contains(jid) || WhoSeesJids().Contains(jid);
            Assert.True(may, Because($"{jid} saw a real JID", stanza));
        }
        var nick = (string)stanza.Attribute("from")!;
        if (isStranger)
            return;
        if (isGone && isSelf && !codes.Contains("303"))
        {
            _seen.Remove(jid);
            _messages.Remove(jid);
        }
        else if (isGone)
        {
            Seen(jid).Remove(nick);
        }
        else
        {
            Seen(jid).Add(nick);
        }
    }

    private HashSet<string> Seen(string jid) => _seen.TryGetValue(jid, out var seen) ? seen : _seen[jid] = [];

    private List<string> Messages(string jid) => _messages.TryGetValue(jid, out var list) ? list : _messages[jid] = [];

    private void Check()
    {
        var room = _table.Room;
        BusySteps += room.OccupantCount >= 3 ? 1 : 0;
        if (!room.Exists)
        {
            Assert.True(room.SessionCount == 0, Because("people in a room that does not exist"));
            _seen.Clear();
            _messages.Clear();
            return;
        }
        Assert.True(room.Affiliations.CountOf(Affiliation.Owner) > 0, Because("no owner"));
        foreach (var occupant in room.Occupants)
            CheckOccupant(occupant);
        var inRoom = room.Occupants.SelectMany(Sessions).Select(s => s.Jid.ToString()).ToHashSet();
        Assert.True(inRoom.SetEquals(_seen.Keys), Because("somebody believes to be in and is not, or the other way round"));
        CheckOrder();
    }

    private void CheckOccupant(Occupant occupant)
    {
        var room = _table.Room;
        Assert.True(occupant.SessionCount > 0, Because("an occupant without session"));
        Assert.Equal(room.AffiliationOf(occupant.RealBare), occupant.Affiliation);
        Assert.True(Privileges.MayEnter(occupant.Affiliation, room.Configuration.IsMembersOnly), Because($"{occupant.Jid} may not be here"));
        Assert.True(occupant.Affiliation < Affiliation.Admin || occupant.Role == Role.Moderator, Because($"{occupant.Jid} is an admin and no moderator"));
        Assert.True(occupant.Role > Role.None, Because($"{occupant.Jid} without role"));
        foreach (var session in Sessions(occupant))
        {
            Assert.Equal(occupant.RealBare, session.Jid.Bare);
            var expected = room.Occupants.Where(o => ReferenceEquals(o, occupant) || room.Configuration.Broadcasts(o.Role))
                .Select(o => o.Jid.ToString()).ToHashSet();
            Assert.True(expected.SetEquals(Seen(session.Jid.ToString())), Because(
                $"{session.Jid} sees {string.Join(' ', Seen(session.Jid.ToString()))} and not {string.Join(' ', expected)}"));
        }
    }

    /// <summary>Everybody has the same messages in the same order since he came.</summary>
    private void CheckOrder()
    {
        var longest = _messages.Values.MaxBy(m => m.Count);
        if (longest is null)
            return;
        foreach (var (jid, own) in _messages)
            Assert.True(longest.Skip(longest.Count - own.Count).SequenceEqual(own), Because($"{jid} heard another conversation"));
    }

    private string Because(string what, XElement? stanza = null) =>
        $"seed {_seed}, step {_step}: {what} after\n{_last}\n{stanza}";
}
