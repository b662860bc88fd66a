using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using Annex.Hosting;
using Annex.Hosting.Components;
using Annex.Search.Crawler;
using Annex.Search.Storage;
using Annex.Testing.Scripted;
using Annex.Testing.Servers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit.Sdk;

namespace Annex.Search.Bench;

/// <summary>
/// Crawls so many scripted services with so many rooms each, some hostile ones among them, and says what it cost: memory, questions,
/// and whether the promises of politeness held: one question at a time to a service, no more in a second than allowed.
/// </summary>
internal sealed class CrawlBench(int services, int rooms, int hostile)
{
    private const int PerSecond = 2000;
    private const string Info = "http://jabber.org/protocol/disco#info";
    private const string Items = "http://jabber.org/protocol/disco#items";
    private const string Rsm = "http://jabber.org/protocol/rsm";
    private static readonly string LongText = new('x', 400_000);

    private readonly ScriptedServer _server = new("search.annex.test");
    private readonly ConcurrentDictionary<string, int> _openBy = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _askedBy = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, int> _askedIn = new();
    private readonly List<Task> _answers = [];
    private readonly SemaphoreSlim _one = new(1);
    private int _mostAtOnce;

    public async Task RunAsync()
    {
        var postgres = await PostgresServer.StartAsync();
        await using var ending = postgres;
        await using var app = AnnexApplication.Build([], new Dictionary<string, string?>
        {
            ["Database"] = await postgres.CreateDatabaseAsync(),
            ["LocalDomains"] = "annex.test",
            ["Search:Component:Jid"] = _server.Component,
            ["Search:Component:Secret"] = _server.Secret,
            ["Search:Http:Listen"] = "127.0.0.1:0",
            ["Search:Ops:Listen"] = "127.0.0.1:0",
            ["Search:Rpc:Listen"] = "127.0.0.1:0",
            ["Search:Crawler:Workers"] = "32",
            ["Search:Crawler:RequestInterval"] = "1ms",
            ["Search:Crawler:MaxRequestsPerSecond"] = $"{PerSecond}",
            ["Search:Crawler:RequestTimeout"] = "2s",
            ["Search:Crawler:Seeds:0"] = "seed.invalid",
        }, new AnnexService("Search", builder =>
        {
            builder.Services.AddKeyedSingleton<ConnectComponent>("Search", _server.ConnectAsync);
            SearchService.Definition.Configure(builder);
        }));
        await app.StartAsync();
        await _server.AcceptAsync();
        using var stop = new CancellationTokenSource();
        var pump = PumpAsync(stop.Token);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        var domains = app.Services.GetRequiredService<DomainStore>();
        foreach (var domain in Enumerable.Range(0, services).Select(n => $"muc{n}.example").Concat(Enumerable.Range(0, hostile).Select(n => $"evil{n}.example")))
            await domains.AddAsync(domain, "bench", 1_000_000, CancellationToken.None);
        var database = app.Services.GetRequiredKeyedService<NpgsqlDataSource>("Search");
        var (most, total) = (before, services + hostile);
        while (await CountAsync(database, $"select count(*) from search.domains where next_visit > now() + interval '5 minutes' and (last_seen is not null or last_error is not null) and domain like '%.example'") < total)
        {
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
            await Task.Delay(200);
        }
        watch.Stop();
        await stop.CancelAsync();
        await pump;
        var after = GC.GetTotalMemory(forceFullCollection: true);
        var asked = _askedBy.Values.Sum();
        Console.WriteLine($"{total:N0} services ({hostile} hostile) crawled in {watch.Elapsed.TotalSeconds:N1} s, {asked:N0} questions ({asked / watch.Elapsed.TotalSeconds:N0}/s)");
        Console.WriteLine($"rooms listed: {await CountAsync(database, "select count(*) from search.rooms where is_listed"):N0}, of hostile services "
            + $"{await CountAsync(database, "select count(*) from search.rooms where domain like 'evil%' and is_listed"):N0}, of domains that nobody visited "
            + $"{await CountAsync(database, "select count(*) from search.rooms where domain not like 'muc%.example' and domain not like 'evil%.example'"):N0}");
        Console.WriteLine($"managed memory: {before / 1e6:N0} MB before, {most / 1e6:N0} MB at most, {after / 1e6:N0} MB after (index in memory included); "
            + $"resident at most {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:N0} MB");
        Console.WriteLine($"at most {_mostAtOnce} question at a time to one service, {_askedIn.Values.Max():N0} questions in one second (allowed: {PerSecond:N0}); "
            + $"a hostile service was asked {Enumerable.Range(0, hostile).Select(n => _askedBy.GetValueOrDefault($"evil{n}.example")).DefaultIfEmpty().Max():N0} times at most");
        await app.StopAsync();
        await _server.DisposeAsync();
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private async Task PumpAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                // Not one after the other: then nobody would see two questions to one service.
                var iq = await _server.ExpectSoon("<iq type='get' from='...' to='...'>...</iq>").WaitAsync(cancellationToken);
                _answers.Add(AnswerAsync(iq));
                _answers.RemoveAll(a => a.IsCompletedSuccessfully);
            }
            catch (Exception e) when (e is XunitException or OperationCanceledException)
            {
                // Nothing was asked for a while.
            }
        }
    }

    private async Task AnswerAsync(XElement iq)
    {
        var (to, query) = (iq.Attribute("to")!.Value, iq.Elements().First());
        var at = to.IndexOf('@', StringComparison.Ordinal);
        var domain = to[(at + 1)..];
        _mostAtOnce = Math.Max(_mostAtOnce, _openBy.AddOrUpdate(domain, 1, (_, n) => n + 1));
        _askedBy.AddOrUpdate(domain, 1, (_, n) => n + 1);
        _askedIn.AddOrUpdate(Environment.TickCount64 / 1000, 1, (_, n) => n + 1);
        var answer = domain.StartsWith("evil", StringComparison.Ordinal) ? Evil(domain, at < 0, query)
            : at >= 0 ? Room($"room {to[..at]}", "Talk about everything. #talk")
            : query.Name.NamespaceName == Info ? Service : Page(domain, query);
        await Task.Delay(5);
        _openBy.AddOrUpdate(domain, 0, (_, n) => n - 1);
        if (answer is null)
            return;
        await _one.WaitAsync();
        try
        {
            await _server.Send($"<iq type='result' id='{iq.Attribute("id")!.Value}' from='{to}' to='{iq.Attribute("from")!.Value}'>{answer}</iq>");
        }
        finally
        {
            _one.Release();
        }
    }

    private const string Service =
        $"<query xmlns='{Info}'><identity category='conference' type='text'/><feature var='http://jabber.org/protocol/muc'/></query>";

    private string Page(string domain, XElement query)
    {
        var after = query.Descendants(XName.Get("after", Rsm)).FirstOrDefault()?.Value;
        var start = after is null ? 0 : int.Parse(after, CultureInfo.InvariantCulture) + 1;
        var end = Math.Min(start + 100, rooms);
        return $"<query xmlns='{Items}'>{string.Concat(Enumerable.Range(start, end - start).Select(n => $"<item jid='r{n}@{domain}'/>"))}"
            + $"<set xmlns='{Rsm}'><first>{start}</first><last>{end - 1}</last><count>{rooms}</count></set></query>";
    }

    // Five kinds: a million items, the same page for ever, others' rooms, texts without end, silence after the first answers.
    private string? Evil(string domain, bool isService, XElement query)
    {
        var kind = int.Parse(domain.AsSpan(4, domain.Length - 4 - ".example".Length), CultureInfo.InvariantCulture) % 5;
        if (isService && query.Name.NamespaceName == Info)
            return Service;
        var n = _askedBy[domain];
        if (!isService)
            return kind switch { 3 => Room(LongText, LongText), 4 => null, _ => Room("evil", "evil") };
        return kind switch
        {
            0 => $"<query xmlns='{Items}'>{Listed(5000, i => $"x{n}-{i}@{domain}")}<set xmlns='{Rsm}'><first>a</first><last>l{n}</last><count>1000000</count></set></query>",
            1 => $"<query xmlns='{Items}'>{Listed(100, i => $"x{i}@{domain}")}<set xmlns='{Rsm}'><first>a</first><last>l{n}</last><count>1000000</count></set></query>",
            2 => $"<query xmlns='{Items}'>{Listed(5000, i => $"x{i}@muc{i % 1000}.example")}{Listed(5000, i => $"x{i}@victim.example")}</query>",
            _ => $"<query xmlns='{Items}'>{Listed(100, i => $"x{i}@{domain}")}</query>",
        };
    }

    private static string Listed(int count, Func<int, string> jid) => string.Concat(Enumerable.Range(0, count).Select(i => $"<item jid='{jid(i)}'/>"));

    private static string Room(string name, string description) =>
        $"<query xmlns='{Info}'><identity category='conference' type='text' name='{name}'/><feature var='http://jabber.org/protocol/muc'/>"
        + "<feature var='muc_public'/><feature var='muc_persistent'/><feature var='muc_open'/><x xmlns='jabber:x:data' type='result'>"
        + "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roominfo</value></field>"
        + $"<field var='muc#roominfo_description'><value>{description}</value></field></x></query>";
}
