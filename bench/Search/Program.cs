using System.Diagnostics;
using System.Globalization;
using Annex.Hosting;
using Annex.Hosting.Web;
using Annex.Search;
using Annex.Search.Bench;
using Annex.Search.Consumers;
using Annex.Search.Index;
using Annex.Search.Storage;
using Annex.Testing.Servers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SortKey = Annex.Search.Index.SortKey;

// dotnet run -c Release --project bench/Search -- [rooms] [clients] [seconds] [serve]
// Fills an index of its own and asks it as fast as so many clients do that wait for each answer. For one core:
// taskset -c 0 dotnet bench/Search/bin/Release/net10.0/Annex.Search.Bench.dll
// -- crawl [services] [rooms] [hostile]: the crawler instead.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["crawl", ..])
{
    await new CrawlBench(Number(1, 1000), Number(2, 100), Number(3, 20)).RunAsync();
    return;
}
var rooms = Number(0, 100_000);
var clients = Number(1, 50);
var seconds = Number(2, 15);
var postgres = await PostgresServer.StartAsync();
await using var ending = postgres;
await using var app = AnnexApplication.Build([], new Dictionary<string, string?>
{
    ["Database"] = await postgres.CreateDatabaseAsync() + ";Maximum Pool Size=60",
    ["LocalDomains"] = "annex.test",
    ["Search:Component:Jid"] = "search.annex.test",
    ["Search:Component:Secret"] = "unused",
    ["Search:Component:Port"] = "1",
    ["Search:Http:Listen"] = args.Contains("serve") ? "127.0.0.1:18080" : "127.0.0.1:0",
    ["Search:Ops:Listen"] = "127.0.0.1:0",
    ["Search:Rpc:Listen"] = "127.0.0.1:0",
    ["Search:MaxRequestsPerAddress"] = "100000",
}, SearchService.Definition);
await app.StartAsync();
var database = app.Services.GetRequiredKeyedService<NpgsqlDataSource>("Search");
var corpus = new Corpus(seed: 7);

var clock = Stopwatch.StartNew();
await FillAsync();
Console.WriteLine($"{rooms:N0} rooms indexed in {clock.Elapsed.TotalSeconds:N1} s ({rooms / clock.Elapsed.TotalSeconds:N0}/s)");
await ExecuteAsync("vacuum analyze search.rooms");
Console.WriteLine($"size: {await ExecuteAsync("select pg_size_pretty(pg_total_relation_size('search.rooms'))")}");
if (args.Contains("serve"))
{
    Console.WriteLine(AnnexApplication.AddressOf(app, "Search", ListenerKind.Http));
    await Task.Delay(Timeout.Infinite);
}

var finder = app.Services.GetRequiredService<RoomFinder>();
var mirror = app.Services.GetRequiredService<RoomMirror>();
clock.Restart();
while (mirror.Index?.Count != rooms)
    await Task.Delay(50);
Console.WriteLine($"in memory: {GC.GetTotalMemory(forceFullCollection: true) / 1e6:N0} MB in all, up to date after {clock.Elapsed.TotalSeconds:N1} s more");
foreach (var sort in Enum.GetValues<SortKey>())
{
    // The compiler is done with it, as it is after the first minute of a service.
    await AskAsync(sort, TimeSpan.FromSeconds(Math.Max(3, seconds / 2)));
    var cpu = Environment.CpuUsage.TotalTime;
    var (times, hits) = await AskAsync(sort, TimeSpan.FromSeconds(seconds));
    cpu = Environment.CpuUsage.TotalTime - cpu;
    times.Sort();
    Console.WriteLine(
        $"{sort}: {times.Count / (double)seconds:N0} queries/s of {clients} clients, {hits / (double)times.Count:N1} rooms each; " +
        $"p50 {At(times, 0.5):N1} ms, p95 {At(times, 0.95):N1} ms, p99 {At(times, 0.99):N1} ms, most {times[^1]:N1} ms; " +
        $"{cpu.TotalMilliseconds / times.Count:N3} ms of this process's processor each");
}
await AskByKindAsync();
await app.StopAsync();

async Task FillAsync()
{
    var intake = app.Services.GetRequiredService<RoomIntake>();
    await using var connection = await database.OpenConnectionAsync();
    for (var done = 0; done < rooms;)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        for (var end = Math.Min(rooms, done + 1000); done < end; done++)
            await intake.PutAsync(connection, transaction, corpus.Room(done), CancellationToken.None);
        await transaction.CommitAsync();
    }
}

async Task<(List<double> Milliseconds, long Hits)> AskAsync(SortKey sort, TimeSpan duration)
{
    var queries = Enumerable.Range(0, 20_000).Select(_ => corpus.Query()).ToArray();
    var all = new List<double>();
    var hits = 0L;
    var next = -1;
    var until = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
    await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
    {
        var own = new List<double>();
        while (Stopwatch.GetTimestamp() < until)
        {
            var text = queries[Interlocked.Increment(ref next) % queries.Length];
            if (!SearchTerms.TryParse(text, new SearchLimits(), out var terms, out var _))
                continue;
            var start = Stopwatch.GetTimestamp();
            // As a request comes: it waits for a thread of the pool behind those that came before, and is not cut short by them.
            await Task.Yield();
            var page = await finder.FindAsync(new RoomQuery { Terms = terms, Sort = sort, Limit = 30 }, CancellationToken.None);
            own.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            Interlocked.Add(ref hits, page.Rooms.Count);
        }
        lock (all)
            all.AddRange(own);
    })));
    return (all, hits);
}

// One client, which no other makes wait: what each kind of query costs.
async Task AskByKindAsync()
{
    var byKind = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
    foreach (var text in Enumerable.Range(0, 20_000).Select(_ => corpus.Query()))
    {
        if (!SearchTerms.TryParse(text, new SearchLimits(), out var terms, out var _))
            continue;
        var start = Stopwatch.GetTimestamp();
        await finder.FindAsync(new RoomQuery { Terms = terms, Limit = 30 }, CancellationToken.None);
        var kind = text[0] == '"' ? "a phrase" : text.Contains(' ', StringComparison.Ordinal) ? "two words"
            : text.Length == 3 ? "the first three letters" : "a word";
        if (!byKind.TryGetValue(kind, out var times))
            byKind[kind] = times = [];
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
    foreach (var (kind, times) in byKind)
    {
        times.Sort();
        Console.WriteLine($"by itself, {kind}: p50 {At(times, 0.5):N3} ms, p95 {At(times, 0.95):N3} ms, most {times[^1]:N1} ms");
    }
}

double At(List<double> sorted, double share) => sorted[(int)((sorted.Count - 1) * share)];

async Task<object?> ExecuteAsync(string sql)
{
    await using var command = database.CreateCommand(sql);
    return await command.ExecuteScalarAsync();
}

int Number(int place, int otherwise) =>
    args.Length > place && int.TryParse(args[place], CultureInfo.InvariantCulture, out var number) ? number : otherwise;
