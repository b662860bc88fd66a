using System.Text;
using Annex.Muc;
using Annex.Muc.Handlers;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Annex.Rooms;

/// <summary>A service's rooms on a connection that goes nowhere: all of the path of a stanza but the socket.</summary>
internal sealed class World : IAsyncDisposable
{
    // As Gajim and Conversations send it on entering a room, caps and avatar hash included.
    private const string ClientPresence = "<show>away</show><status>In the cauldron boil and bake</status><priority>5</priority>" +
        "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://gajim.org' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>" +
        "<x xmlns='vcard-temp:x:update'><photo>01b87fcd030b72895ff8e88db57ec525450f000d</photo></x>";

    private readonly SinkStream _sink = new();

    private World()
    {
        var options = new MucOptions
        {
            CreateRooms = RoomCreators.Anyone,
            MaxRoomsPerUser = 0,
            OccupantIdSecret = "a secret of sixteen",
            MailboxStanzas = 1_000_000,
            MailboxBytes = int.MaxValue,
            MessagesPerSecond = 0,
            RoomMessagesPerSecond = 0,
        };
        var router = new StanzaRouter();
        Connection = new ComponentConnection(new ComponentOptions { Jid = "rooms.example.org", Secret = "s" }, router,
            _ => ValueTask.FromResult<Stream>(_sink));
        Service = new ChatService(Connection.Jid, options, TimeProvider.System);
        Rooms = new RoomDirectory(Service, Connection, null, NullLogger.Instance);
        new StanzaHandlers(Rooms).Register(router);
    }

    public ComponentConnection Connection { get; }

    public ChatService Service { get; }

    public RoomDirectory Rooms { get; }

    public long BytesOut => _sink.Bytes;

    public static async Task<World> StartAsync()
    {
        var world = new World();
        world.Connection.Start();
        await world.Connection.WaitForStateAsync(LinkState.Up, CancellationToken.None);
        return world;
    }

    public static string Person(int n) => $"user{n:D6}@example.org/Conversations.{(uint)(n * 2654435761):x8}";

    public void Join(string room, int person) => Post(
        $"<presence from='{Person(person)}' to='{room}@rooms.example.org/Nick {person}' id='j{person}'>{ClientPresence}" +
        "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>");

    public void Unlock(string room, int person, string fields = "") => Post(
        $"<iq type='set' id='c' from='{Person(person)}' to='{room}@rooms.example.org'><query xmlns='http://jabber.org/protocol/muc#owner'>" +
        $"<x xmlns='jabber:x:data' type='submit'>{fields}</x></query></iq>");

    public void Say(string room, int person, int number) => Post(
        $"<message type='groupchat' id='m{number}' from='{Person(person)}' to='{room}@rooms.example.org'>" +
        "<body>Double, double toil and trouble; fire burn and cauldron bubble.</body>" +
        $"<origin-id xmlns='urn:xmpp:sid:0' id='m{number}'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>");

    public void Post(string xml) => Rooms.Post(Stanza.Parse(Encoding.UTF8.GetBytes(xml)));

    public Room? Room(string name) =>
        Rooms.TryGet(Jid.Parse($"{name}@rooms.example.org"), out var mailbox) ? mailbox.Room : null;

    /// <summary>Completes when it is true and everything has been written.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        while (!condition() || Connection.WaitingBytes > 0)
            await Task.Delay(1);
    }

    public async ValueTask DisposeAsync()
    {
        await Rooms.DisposeAsync();
        await Connection.DisposeAsync();
        await _sink.DisposeAsync();
    }
}
