using System.Diagnostics;
using System.Globalization;
using System.Text;
using Annex.Hosting;
using Annex.Muc;
using Annex.Muc.Archive;
using Annex.Muc.Rooms;
using Annex.Muc.Storage;
using Annex.Testing.Servers;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Xml;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

// dotnet run -c Release --project bench/Archive -- [messages] [nosearch]
// Fills one room's archive through the store that the rooms use, on a PostgreSQL that syncs to its disk, and reads pages of it.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int page = 100;
const int inFlight = 5000;
var total = args.Length > 0 && int.TryParse(args[0], out var asked) ? asked : 1_000_000;
var hasSearch = !args.Contains("nosearch");
var room = Jid.Parse("large@muc.annex.test");
var words = File.Exists("/usr/share/dict/words") ? File.ReadAllLines("/usr/share/dict/words")
    : [.. Enumerable.Range(0, 50_000).Select(i => $"word{i * 7919L % 100_003}")];
var random = new Random(11);

await using var postgres = await PostgresServer.StartSyncedAsync();
await using var app = AnnexApplication.Build([], new Dictionary<string, string?>
{
    ["Database"] = await postgres.CreateDatabaseAsync(),
    ["LocalDomains"] = "annex.test",
    ["Muc:Component:Jid"] = "muc.annex.test",
    ["Muc:Component:Secret"] = "unused",
    ["Muc:Component:Port"] = "1",
    ["Muc:Ops:Listen"] = "127.0.0.1:0",
    ["Muc:Rpc:Listen"] = "127.0.0.1:0",
    ["Muc:FullTextSearch"] = hasSearch ? "true" : "false",
    ["Muc:StoreTimeout"] = "00:05:00",
}, MucService.Definition);
await app.StartAsync();
var store = app.Services.GetRequiredService<IRoomStore>();
var reader = app.Services.GetRequiredService<ArchiveReader>();
await CommitAsync(Message(0));

var lone = new List<double>();
for (var i = 1; i <= 300; i++)
{
    var began = Stopwatch.GetTimestamp();
    await CommitAsync(Message(i));
    lone.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
}
Tell("a lone message, until it is durable", lone);

var clock = Stopwatch.StartNew();
var cpu = Environment.CpuUsage.TotalTime;
await FillAsync(lone.Count + 1, total);
var stored = total - lone.Count - 1;
Console.WriteLine($"{stored:N0} messages, {inFlight:N0} in flight: {stored / clock.Elapsed.TotalSeconds:N0} a second, "
    + $"{(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / stored:N1} us of our CPU each");
if (hasSearch)
{
    clock.Restart();
    while (!await reader.BringIndexUpToDate!(1, CancellationToken.None))
    {
    }
    Console.WriteLine($"the words of all indexed {clock.Elapsed.TotalSeconds:N1} s later");
}
var source = app.Services.GetRequiredKeyedService<NpgsqlDataSource>("Muc");
foreach (var table in (string[])["muc.messages", "muc.texts"])
{
    await using var analyze = source.CreateCommand($"vacuum analyze {table}");
    analyze.CommandTimeout = 600;
    await analyze.ExecuteNonQueryAsync();
}
await using (var size = source.CreateCommand(
    "select pg_size_pretty(pg_total_relation_size('muc.messages')) || ' messages, ' || pg_size_pretty(pg_total_relation_size('muc.texts')) || ' words'"))
    Console.WriteLine(await size.ExecuteScalarAsync());

var last = (total / page) - 1;
await AskAsync("page 1, warming up", $"<max>{page}</max>");
await AskAsync("page 1", $"<max>{page}</max>");
await AskAsync($"page {last / 2:N0}", $"<max>{page}</max><after>{await IdAsync(last / 2 * page)}</after>");
await AskAsync($"page {last + 1:N0}", $"<max>{page}</max><after>{await IdAsync(last * page)}</after>");
await AskAsync("the last page", $"<max>{page}</max><before/>");
await AskAsync("the page before message 200", $"<max>{page}</max><before>{await IdAsync(200)}</before>");
if (hasSearch)
{
    await AskAsync("a word that a few have", $"<max>{page}</max><before/>", words[17]);
    await AskAsync("a word that all have", $"<max>{page}</max><before/>", "everybody");
    await AskAsync("two words, one of all", $"<max>{page}</max><before/>", $"everybody {words[23]}");
    await AskAsync("a word that nobody has", $"<max>{page}</max><before/>", "xyzzy");
}
await app.StopAsync();

ArchiveAppend Message(int number)
{
    var text = new StringBuilder("everybody ");
    for (var i = 0; i < 10; i++)
        text.Append(words[random.Next(words.Length)].Replace("'", "", StringComparison.Ordinal)).Append(' ');
    var id = Guid.CreateVersion7();
    return new ArchiveAppend(id, DateTimeOffset.UtcNow, Jid.Parse($"{room}/nick{number % 50}"), Jid.Parse($"user{number % 50}@annex.test"),
        "d2VhcmVzdWNoc3R1ZmZhc2RyZWFtc2FyZW1hZGVvbjEyMzQ="u8.ToArray(), Encoding.UTF8.GetBytes($"{id:N}"), Encoding.UTF8.GetBytes(
            $"><body>{text}</body><active xmlns='http://jabber.org/protocol/chatstates'/><origin-id xmlns='urn:xmpp:sid:0' id='{id:N}'/>"
            + "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='d2VhcmVzdWNoc3R1ZmZhc2RyZWFtc2FyZW1hZGVvbjEyMzQ='/>"
            + $"<stanza-id xmlns='urn:xmpp:sid:0' by='{room}' id='{id:D}'/></message>"), IsHistory: true);
}

Task<bool> CommitAsync(ArchiveAppend message)
{
    var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
    store.Commit(room, [message], done.SetResult);
    return done.Task;
}

async Task FillAsync(int from, int to)
{
    using var window = new SemaphoreSlim(inFlight);
    for (var i = from; i < to; i++)
    {
        await window.WaitAsync();
        store.Commit(room, [Message(i)], _ => window.Release());
    }
    for (var i = 0; i < inFlight; i++)
        await window.WaitAsync();
}

async Task<Guid> IdAsync(long number)
{
    await using var command = source.CreateCommand("select id from muc.messages where number = $1 and archive = 1");
    command.Parameters.Add(new() { Value = number });
    return (Guid)(await command.ExecuteScalarAsync())!;
}

async Task AskAsync(string what, string set, string? search = null)
{
    var form = search is null ? "" : "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>"
        + $"<field var='{{urn:xmpp:fulltext:0}}fulltext'><value>{search}</value></field></x>";
    var element = Element.Parse(Encoding.UTF8.GetBytes(
        $"<query xmlns='urn:xmpp:mam:2'>{form}<set xmlns='http://jabber.org/protocol/rsm'>{set}</set></query>"));
    if (!ArchiveQuery.TryRead(element, page, canSearch: true, out var query, out var error))
        throw new InvalidOperationException(error.ToString());
    var times = new List<double>();
    var found = 0;
    for (var i = 0; i < 100; i++)
    {
        var began = Stopwatch.GetTimestamp();
        found = (await reader.QueryAsync(room, query, mayMatchRealJids: false, CancellationToken.None))!.Messages.Count;
        times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }
    Tell($"{what}: {found} messages", times);
}

static void Tell(string what, List<double> milliseconds)
{
    milliseconds.Sort();
    Console.WriteLine($"{what}: median {milliseconds[milliseconds.Count / 2]:N2} ms, 95 % within {milliseconds[milliseconds.Count * 95 / 100]:N2} ms");
}
