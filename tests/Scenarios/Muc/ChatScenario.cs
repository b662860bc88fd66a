using System.Xml.Linq;
using Annex.Muc;
using Annex.Muc.Features;
using Annex.Muc.Handlers;
using Annex.Muc.Rooms;
using Annex.Testing;
using Annex.Testing.Scripted;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>The chat service of XEP-0045's examples, chat.shakespeare.lit, on a scripted server, with the people who appear in
/// them. What a test sees is what a client sees. After each test the rooms must have thrown nothing.</summary>
public abstract class ChatScenario : IAsyncLifetime
{
    protected const string Service = "chat.shakespeare.lit";
    protected const string Room = "coven@chat.shakespeare.lit";
    protected const string Muc = "<x xmlns='http://jabber.org/protocol/muc'/>";
    protected const string User = "http://jabber.org/protocol/muc#user";

    private static readonly XNamespace OccupantId = "urn:xmpp:occupant-id:0";
    private static readonly XNamespace StanzaId = "urn:xmpp:sid:0";
    private readonly List<ScriptedUser> _people = [];
    private readonly FailureLog _failures = new();
    private ComponentConnection? _connection;
    private RoomDirectory? _rooms;
    private GhostChecks? _ghosts;
    private MulticastDiscovery? _multicast;
    private BlockListService? _lists;

    protected ScriptedServer Server { get; } = new(Service);

    protected ManualTime Time { get; } = new();

    protected ScriptedUser Crone => Person("crone1@shakespeare.lit/desktop");

    protected ScriptedUser Wicca => Person("wiccarocks@shakespeare.lit/laptop");

    protected ScriptedUser Hag => Person("hag66@shakespeare.lit/pda");

    protected ScriptedUser Hecate => Person("hecate@shakespeare.lit/broom");

    /// <summary>The exceptions that rooms have thrown.</summary>
    protected long FailureCount => _rooms!.FailureCount;

    protected virtual void Configure(MucOptions options)
    {
    }

    private protected virtual IRoomStore? Store => null;

    private protected virtual IRoomFeature[] Features => FeatureList.All;

    /// <summary>How many exceptions a test plants.</summary>
    protected virtual int PlantedFailures => 0;

    public async Task InitializeAsync()
    {
        await StartAsync();
    }

    /// <summary>The process ends as by kill -9, and another one starts with what the store has.</summary>
    /// <param name="away">How much later that is.</param>
    protected async Task Restart(bool forgets = true, TimeSpan away = default)
    {
        await Server.Settle(Room);
        await StopAsync();
        // What was handed over is in the database, whether or not a thread of the pool has come to it here.
        if (Store is MemoryStore { IsHeld: false } store)
            store.Settle(true);
        Time.Advance(away);
        await StartAsync();
        await foreach (var room in Store!.RoomsWithOccupantsAsync(CancellationToken.None))
            _rooms!.Wake(room);
        if (forgets)
            await Forget();
    }

    private protected ServiceBans Bans => _rooms!.Service.Bans;

    /// <summary>What a call from inside the service does, in the room's turn.</summary>
    private protected Task<T> InRoom<T>(Action<Annex.Muc.Rooms.Room, Effects, Action<T>> work)
    {
        var task = new RoomTask<T>(work);
        _rooms!.Post(Jid.Parse(Room), task);
        return task.Result.WaitAsync(TimeSpan.FromSeconds(10));
    }

    protected int RoomsInMemory => _rooms!.Count;

    protected long RepeatedCount => _rooms!.RepeatedCount;

    /// <summary>As at the start after a crash.</summary>
    private protected async Task Repeat(IReadOnlyList<ArchiveAppend> messages)
    {
        _rooms!.Repeat(Jid.Parse(Room), messages);
        await Server.Settle(Room);
    }

    /// <summary>One second of the check for ghosts.</summary>
    protected int AskForGhosts() => _ghosts!.AskSome(CancellationToken.None);

    /// <summary>One second of the search for multicast services.</summary>
    protected Task LookForMulticast() => _multicast!.LookAsync(CancellationToken.None);

    private async Task StopAsync()
    {
        await _lists!.StopAsync(CancellationToken.None);
        _lists.Dispose();
        await _rooms!.DisposeAsync();
        await _connection!.DisposeAsync();
    }

    private async Task StartAsync()
    {
        var options = new MucOptions { OccupantIdSecret = "By the pricking of my thumbs" };
        Configure(options);
        var router = new StanzaRouter();
        _connection = new ComponentConnection(Server.Options, router, Server.ConnectAsync);
        var service = new ChatService(_connection.Jid, options, Time)
        {
            LocalDomains = new HashSet<string> { "shakespeare.lit" },
            Admins = new HashSet<Jid> { Jid.Parse("bard@shakespeare.lit") },
            IsDurable = Store is not null,
            Features = Features,
        };
        _rooms = new RoomDirectory(service, _connection, Store, _failures);
        _ghosts = new GhostChecks(_rooms, _connection, Time, NullLogger<GhostChecks>.Instance);
        _multicast = new MulticastDiscovery(_rooms, _connection, service.LocalDomains, Time, NullLogger<MulticastDiscovery>.Instance);
        var commands = new CommandTable(Time);
        var desk = new RoomDesk(_rooms);
        new RoomCommands(desk, null).AddTo(commands);
        new ServiceCommands(desk, null, null, null, null).AddTo(commands);
        var handlers = new StanzaHandlers(_rooms, commands);
        handlers.Register(router);
        new ReportHandlers(_rooms).Register(router, handlers.ToRoom);
        // Block lists need of the desk only that it looks through the rooms.
        _lists = new BlockListService(_rooms, _connection, new BanDesk(null!, _rooms, Time), Time, NullLogger<BlockListService>.Instance);
        _lists.Register(router, handlers.ToRoom);
        _connection.Start();
        await Server.AcceptAsync();
        await _lists.StartAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        await Server.DisposeAsync();
        if (PlantedFailures == 0)
            Assert.Empty(_failures.Exceptions);
        Assert.Equal(PlantedFailures, FailureCount);
    }

    protected ScriptedUser Person(string jid)
    {
        var user = Server.User(jid);
        if (!_people.Contains(user))
            _people.Add(user);
        return user;
    }

    /// <summary>Everything sent so far has been dealt with; what the people got of it is forgotten.</summary>
    protected async Task Forget()
    {
        await Server.Settle(Room);
        foreach (var person in _people)
            person.TakeAll();
        Server.TakeAll();
    }

    protected async Task ExpectNothing(params ScriptedUser[] users)
    {
        await Server.Settle(Room);
        foreach (var user in users)
            await user.ExpectNothing(Room);
    }

    /// <summary>Sends the presence of a join (§7.2.1).</summary>
    protected static Task Ask(ScriptedUser user, string nick, string inside = "", string rest = "", string room = Room) =>
        user.Send($"<presence id='join' to='{room}/{nick}'><x xmlns='http://jabber.org/protocol/muc'>{inside}</x>{rest}</presence>");

    /// <summary>Joins, and everybody forgets what they saw of it.</summary>
    protected async Task Enter(ScriptedUser user, string nick, string inside = "", string rest = "")
    {
        await Ask(user, nick, inside, rest);
        await Forget();
    }

    /// <summary>The first witch's room, configured.</summary>
    protected async Task Create(params (string Field, string Value)[] fields)
    {
        await Ask(Crone, "firstwitch");
        await Submit(Crone, fields);
        await Forget();
    }

    /// <summary>A room with three witches: an owner and two without affiliation.</summary>
    protected async Task CreateWithThree(params (string Field, string Value)[] fields)
    {
        await Create(fields);
        await Enter(Wicca, "secondwitch");
        await Enter(Hag, "thirdwitch");
    }

    protected static Task Submit(ScriptedUser user, params (string Field, string Value)[] fields)
    {
        var form = string.Concat(fields.GroupBy(f => f.Field).Select(g =>
            $"<field var='{(g.Key.StartsWith("muc#", StringComparison.Ordinal) ? g.Key : "muc#roomconfig_" + g.Key)}'>" +
            string.Concat(g.Select(f => $"<value>{f.Value}</value>")) + "</field>"));
        if (form.Length > 0)
            form = "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>" + form;
        return user.Send($"<iq type='set' id='config' to='{Room}'><query xmlns='http://jabber.org/protocol/muc#owner'>" +
            $"<x xmlns='jabber:x:data' type='submit'>{form}</x></query></iq>");
    }

    /// <summary>Configures the room, sees that it was accepted, and everybody forgets.</summary>
    protected async Task Configured(params (string Field, string Value)[] fields)
    {
        await Submit(Crone, fields);
        await Crone.ExpectSoon("<iq type='result' id='config' from='coven@chat.shakespeare.lit'/>");
        await Forget();
    }

    protected static Task SendItems(ScriptedUser user, string items, string type = "set", string id = "admin") =>
        user.Send($"<iq type='{type}' id='{id}' to='{Room}'><query xmlns='http://jabber.org/protocol/muc#admin'>{items}</query></iq>");

    /// <summary>An admin's request that succeeds; everybody forgets.</summary>
    protected async Task Administer(ScriptedUser user, string items)
    {
        await SendItems(user, items);
        await ExpectResult(user);
        await Forget();
    }

    protected static Task<XElement> ExpectResult(ScriptedUser user, string id = "admin") =>
        user.ExpectSoon($"<iq type='result' id='{id}' from='{Room}'/>");

    protected static Task ExpectError(ScriptedUser user, string type, string condition) =>
        user.ExpectSoon($"<iq type='error' from='...'><error type='{type}'>..." +
            $"<{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");

    /// <summary>A presence that is refused, by whichever room.</summary>
    protected static async Task ExpectRefused(ScriptedUser user, string condition)
    {
        var refusal = await user.ExpectSoon("<presence type='error' from='...'>...</presence>");
        Assert.Contains($"<{condition} ", refusal.ToString(), StringComparison.Ordinal);
    }

    /// <summary>An error that a room signs: by its own address (§7.2.1 and all examples of presence and messages).</summary>
    protected static Task ExpectRefusal(ScriptedUser user, string kind, string from, string type, string condition) =>
        user.Expect($"<{kind} type='error' from='{from}'>{(kind == "presence" ? Muc : "")}<error by='{Room}' type='{type}'>..." +
            $"<{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></{kind}>");

    /// <summary>The next stanza, with the ids that stand on everything that comes from an occupant (XEP-0421, XEP-0359) put into
    /// the pattern.</summary>
    protected static Task<XElement> See(ScriptedUser user, string pattern) => user.Expect(WithIds(pattern));

    protected static Task<XElement> SeeSoon(ScriptedUser user, string pattern) => user.ExpectSoon(WithIds(pattern));

    private static string WithIds(string pattern)
    {
        var stanza = XmlPattern.Parse(pattern);
        var type = (string?)stanza.Attribute("type");
        if (!((string?)stanza.Attribute("from"))!.Contains('/', StringComparison.Ordinal) || type == "error")
            return pattern;
        if (stanza.Element(OccupantId + "occupant-id") is null)
            stanza.Add(new XElement(OccupantId + "occupant-id", new XAttribute("id", "...")));
        if (stanza.Name.LocalName == "message" && type == "groupchat" && stanza.Element(StanzaId + "stanza-id") is null)
            stanza.Add(new XElement(StanzaId + "stanza-id", new XAttribute("id", "..."), new XAttribute("by", Room)));
        return stanza.ToString(SaveOptions.DisableFormatting);
    }
}
