using System.Globalization;
using Annex.Interop.Clients;
using Annex.Interop.Muc;
using Annex.Testing.Servers;
using Npgsql;
using Xunit;
using Xunit.Abstractions;

namespace Annex.Faults;

/// <summary>The XMPP server is killed under load, and with it all its clients' sessions: who comes back finds the room, everything that
/// was seen is in the archive, and those who do not come back are ghosts of one round.</summary>
public sealed class ServerKillTests(ITestOutputHelper output)
{
    private const string Room = "crash@muc.annex.test";
    private static readonly string[] Names = ["ann", "bea", "cat", "dan"];

    [Fact]
    public async Task Prosody()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        await RunAsync(server.ClientPort, server.ComponentPort, async () =>
        {
            await server.KillAsync();
            await server.StartAgainAsync();
        });
    }

    [Fact]
    public async Task Ejabberd()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await RunAsync(server.ClientPort, server.ComponentPort, async () =>
        {
            await server.KillAsync();
            await server.StartAgainAsync();
        });
    }

    private static XmppServerOptions Options => new()
    {
        Users = Names.ToDictionary(n => n, _ => "pw"),
        Components = new Dictionary<string, string> { ["muc.annex.test"] = ComponentServer.Secret },
    };

    private async Task RunAsync(int clientPort, int componentPort, Func<Task> killAndStart)
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        using var muc = ServiceProcess.Start("Muc", "muc.annex.test", database, componentPort,
            ("LocalDomains__0", "annex.test"), ("Muc__MessagesPerSecond", "0"), ("Muc__RoomMessagesPerSecond", "0"));
        var before = await EnterAsync(clientPort, "first");
        await TalkAsync(before, killAndStart);
        // Half of them come back, with other resources: the sessions of before are gone, and nobody has said so.
        var after = await EnterAsync(clientPort, "second", 2);
        await ReachesAllAsync(after);
        var archived = await ArchivedAsync(database);
        var lost = before.Concat(after).SelectMany(c => c.Bodies).Distinct().Count(body => !archived.Contains(body));
        var ghosts = await GhostsAsync(database, live: 2);
        output.WriteLine($"{archived.Count} messages kept, seen and lost {lost}, ghosts left {ghosts}");
        Assert.Equal((0, 0), (lost, ghosts));
        foreach (var client in before.Concat(after))
            client.Dispose();
    }

    private static async Task<RawClient[]> EnterAsync(int port, string resource, int count = 4)
    {
        var clients = await Task.WhenAll(Names.Take(count).Select(n => RawClient.LoginAsync(port, n, "annex.test", "pw", resource)));
        for (var i = 0; i < count; i++)
        {
            await UntilAsync(async () =>
            {
                // Until the component is there again.
                await clients[i].TrySendAsync($"<presence to='{Room}/{Names[i]}'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
                return await SoonAsync(() => clients[i].HasSeen("code='110'") || clients[i].HasSeen("code=\"110\""));
            });
            if (i == 0)
            {
                await clients[0].TrySendAsync($"<iq type='set' id='c' to='{Room}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
                    + "<x xmlns='jabber:x:data' type='submit'/></query></iq>");
            }
        }
        return clients;
    }

    private static async Task TalkAsync(RawClient[] clients, Func<Task> fault)
    {
        using var enough = new CancellationTokenSource();
        var talking = Task.Run(async () =>
        {
            for (var n = 0; !enough.IsCancellationRequested; n++)
            {
                await clients[n % clients.Length].TrySendAsync(Message($"text {n}"));
                await Task.Delay(5, CancellationToken.None);
            }
        });
        await UntilAsync(() => Task.FromResult(clients.All(c => c.Bodies.Count > 50)));
        await fault();
        await enough.CancelAsync();
        await talking;
    }

    private static async Task ReachesAllAsync(RawClient[] clients)
    {
        await clients[0].TrySendAsync(Message("reach"));
        await UntilAsync(() => Task.FromResult(clients.All(c => c.Bodies.Contains("reach"))));
    }

    private static string Message(string body) =>
        $"<message type='groupchat' id='{Guid.NewGuid():N}' to='{Room}'><body>{body}</body></message>";

    private static async Task<HashSet<string>> ArchivedAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("select substring(convert_from(tail, 'UTF8') from '<body>([^<]*)</body>') from muc.messages");
        var bodies = new HashSet<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            bodies.Add(reader.GetString(0));
        return bodies;
    }

    /// <summary>Sessions in the room beyond those that live, when a round of the check is over.</summary>
    private static async Task<int> GhostsAsync(string database, int live)
    {
        await using var source = NpgsqlDataSource.Create(database);
        var sessions = 0;
        await UntilAsync(async () =>
        {
            await using var command = source.CreateCommand("select count(*) from muc.occupants");
            sessions = Convert.ToInt32(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
            return sessions == live;
        }, TimeSpan.FromSeconds(45), throws: false);
        return sessions - live;
    }

    private static async Task<bool> SoonAsync(Func<bool> holds)
    {
        for (var i = 0; i < 100 && !holds(); i++)
            await Task.Delay(20);
        return holds();
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, TimeSpan? patience = null, bool throws = true)
    {
        using var limit = new CancellationTokenSource(patience ?? TimeSpan.FromMinutes(1));
        while (!await holds())
        {
            if (limit.IsCancellationRequested && !throws)
                return;
            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(50, CancellationToken.None);
        }
    }
}
