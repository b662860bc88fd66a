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

    private static readonly string[] People =
    [
        "crone1@shakespeare.lit/desktop", "crone1@shakespeare.lit/phone", "wiccarocks@shakespeare.lit/laptop",
        "hag66@shakespeare.lit/pda", "hag66@shakespeare.lit/phone", "hecate@shakespeare.lit/broom", "iago@venice.lit/ship",
        "othello@venice.lit/tent", "bard@shakespeare.lit/globe", "duncan@shakespeare.lit/castle",
    ];

    private static readonly string[] NickNames = ["a", "b", "c", "d", "e", " ", "crone1", "Ünïcode", "A&B", "x'y"];
    private static readonly string[] Affiliations = ["owner", "admin", "member", "none", "outcast", "king"];
    private static readonly string[] Roles = ["moderator", "participant", "visitor", "none", "king"];

    private static readonly (string Field, string[] Values)[] Fields =
    [
        ("membersonly", ["0", "1"]), ("moderatedroom", ["0", "1"]), ("whois", ["anyone", "moderators", "none"]),
        ("persistentroom", ["0", "1", "1", "1"]), ("maxusers", ["3", "none", "-1"]), ("passwordprotectedroom", ["0", "1"]),
        ("roomsecret", ["", "secret"]), ("changesubject", ["0", "1"]), ("allowpm", ["anyone", "none", "participants"]),
        ("presencebroadcast", ["moderator", "participant", "visitor"]), ("publicroom", ["0", "1"]), ("allowinvites", ["0", "1"]),
        ("roomadmins", ["duncan@shakespeare.lit", "@"]), ("roomowners", ["crone1@shakespeare.lit", ""]),
    ];

    private readonly Random _random;
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
        var from = Pick(People);
        _last = Make();
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

    private string Make() => _random.Next(14) switch
    {
        0 or 1 or 2 => $"<presence to='{Anywhere()}'><x xmlns='http://jabber.org/protocol/muc'>{Inside()}</x>{Payload()}</presence>",
        3 => $"<presence to='{Anywhere()}'>{Payload()}</presence>",
        4 => $"<presence type='unavailable' to='{Anywhere()}'>{Payload()}</presence>",
        5 => $"<message type='groupchat' id='{_step}' to='{RoomTable.Address}'><body>{_step}</body>{Payload()}</message>",
        6 => $"<message type='groupchat' id='{_step}' to='{Anywhere()}'><subject>{Pick(["", "s"])}</subject></message>",
        7 => $"<message type='{Pick(["chat", "normal", "groupchat", "headline"])}' to='{Anywhere()}'><body>pm</body>{Payload()}</message>",
        8 or 9 => Iq("set", "admin", string.Concat(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Item()))),
        10 => _random.Next(4) > 0
            ? Iq("set", "owner", $"<x xmlns='jabber:x:data' type='{Pick(["submit", "submit", "submit", "submit", "cancel", "form"])}'>{Form()}</x>")
            : _random.Next(4) > 0 ? Iq("get", "owner", "") : Iq("set", "owner", "<destroy><reason>r</reason></destroy>"),
        11 => Iq("get", "admin", Item()),
        12 => $"<message to='{RoomTable.Address}'>{Special()}</message>",
        _ => Other(),
    };

    private string Other() => _random.Next(6) switch
    {
        0 => $"<iq type='get' id='{_step}' to='{Anywhere()}'><query xmlns='http://jabber.org/protocol/disco#{Pick(["info", "items"])}'/></iq>",
        1 => $"<iq type='get' id='{_step}' to='{Anywhere()}'><ping xmlns='urn:xmpp:ping'/></iq>",
        2 => $"<iq type='{Pick(["result", "error"])}' id='{_step}' to='{Anywhere()}'/>",
        3 => Bounce(Pick(["message", "presence"])),
        4 => $"<iq type='set' id='{_step}' to='{RoomTable.Address}'><query xmlns='jabber:iq:register'>{Pick(["<remove/>", "", Register()])}</query></iq>",
        _ => $"<presence type='{Pick(["probe", "subscribe"])}' to='{Anywhere()}'/>",
    };

    private string Bounce(string kind) => $"<{kind} type='error' to='{Anywhere()}'><error type='cancel'>" +
        $"<{Pick(["gone", "item-not-found", "conflict", "remote-server-timeout"])} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></{kind}>";

    private string Register() => "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#register</value></field>" +
        $"<field var='muc#register_roomnick'><value>{Escape(Pick(NickNames))}</value></field></x>";

    private string Special() => _random.Next(4) switch
    {
        0 => $"<x xmlns='http://jabber.org/protocol/muc#user'><invite to='{Pick([.. People, "@"])}'><reason>r</reason></invite></x>",
        1 => $"<x xmlns='http://jabber.org/protocol/muc#user'><decline to='{Pick(People)}'/></x>",
        2 => "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#request</value></field></x>",
        _ => "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#request</value></field>" +
            $"<field var='muc#jid'><value>{Pick(People)}</value></field><field var='muc#request_allow'><value>1</value></field></x>",
    };

    private string Inside() => _random.Next(5) switch
    {
        0 => "<password>secret</password>",
        1 => $"<history maxstanzas='{_random.Next(-1, 5)}'/><password>secret</password>",
        2 => "<history maxchars='500' seconds='60'/>",
        _ => "",
    };

    private string Payload() => _random.Next(6) switch
    {
        0 => "<show>away</show>",
        1 => $"<status>{_random.Next(5)}</status><priority>{_random.Next(-2, 3)}</priority>",
        2 => "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator' jid='forged@x.lit/y'/></x>",
        3 => $"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/><stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='{RoomTable.Address}'/>",
        _ => "",
    };

    private string Item() => _random.Next(5) switch
    {
        0 or 1 => $"<item nick='{Escape(Pick(NickNames))}' role='{Pick(Roles)}'/>",
        2 or 3 => $"<item jid='{Pick([.. People, "venice.lit", "@"])}' affiliation='{Pick(Affiliations)}' {(_random.Next(3) == 0 ? $"nick='{Escape(Pick(NickNames))}'" : "")}/>",
        _ => $"<item nick='a' affiliation='{Pick(Affiliations)}' {(_random.Next(2) == 0 ? "role='visitor'" : "")}/>",
    };

    private string Form() => string.Concat(Enumerable.Range(0, _random.Next(0, 4)).Select(_ =>
    {
        var (field, values) = Fields[_random.Next(Fields.Length)];
        return $"<field var='muc#roomconfig_{field}'><value>{Pick(values)}</value></field>";
    }));

    private string Iq(string type, string what, string inside) =>
        $"<iq type='{type}' id='{_step}' to='{RoomTable.Address}'><query xmlns='http://jabber.org/protocol/muc#{what}'>{inside}</query></iq>";

    private string Anywhere() => _random.Next(8) == 0 ? RoomTable.Address : $"{RoomTable.Address}/{Escape(Pick(NickNames))}";

    private static string Escape(string text) => new XAttribute("a", text).ToString()[3..^1].Replace("'", "&apos;", StringComparison.Ordinal);

    private T Pick<T>(T[] choices) => choices[_random.Next(choices.Length)];

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
