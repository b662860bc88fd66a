using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Annex.Interop.Hosting;
using Annex.Testing.Servers;
using RabbitMQ.Client;
using Xunit;
using Xunit.Abstractions;

namespace Annex.Interop.Muc;

/// <summary>Muc and search as two processes, on RabbitMQ and gRPC: an event that is deleted outright costs a moment, and no room.</summary>
public sealed partial class LostEventTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Juliet = "juliet@example.org/balcony";
    private const string Search = "urn:xmpp:channel-search:0:search";

    private readonly int _calls = FreePorts.Next();
    private readonly int _ops = FreePorts.Next();
    private readonly HttpClient _http = new();
    private RabbitMqServer _broker = null!;
    private string _mucDatabase = "";
    private string _searchDatabase = "";
    private ServiceConversation _muc = null!;
    private ServiceConversation _search = null!;

    public async Task InitializeAsync()
    {
        _broker = await RabbitMqServer.StartAsync();
        var postgres = await PostgresServer.SharedAsync();
        (_mucDatabase, _searchDatabase) = (await postgres.CreateDatabaseAsync(), await postgres.CreateDatabaseAsync());
        _muc = await ServiceConversation.StartAsync(port => ServiceProcess.StartMuc(_mucDatabase, port,
            ("Bus__RabbitMq", _broker.Uri.ToString()), ("Muc__Rpc__Listen", Loopback(_calls))));
        _search = await StartSearchAsync();
        await MakeRoomAsync("told");
        // What muc sends before search has made its queue is nobody's, and found by comparison: until the first comes by an event.
        var isPublic = true;
        await UntilAsync(async () =>
        {
            await ConfigureAsync("told", isPublic = !isPublic);
            return await CountAsync(Consumed()) > 0;
        });
        await ConfigureAsync("told", isPublic: true);
        await UntilAsync("told", isListed: true);
    }

    public async Task DisposeAsync()
    {
        await _search.DisposeAsync();
        await _muc.DisposeAsync();
        await _broker.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task What_is_deleted_from_the_outbox_before_it_is_sent_the_watch_tells()
    {
        // From here on no event leaves muc: its rows are gone before anybody can read them.
        await Sql.ExecuteAsync(_mucDatabase, """
            create function muc.lose() returns trigger language plpgsql as 'begin return null; end';
            create trigger lose before insert on muc.outbox for each row execute function muc.lose()
            """);
        var repaired = await CountAsync(ByWatch());
        // Their times are measured, and told in docs/search.md; a machine under load may take longer.
        await MakeRoomAsync("lost");
        await MeasureAsync("found", "lost", isListed: true);
        await ConfigureAsync("told", isPublic: false);
        await MeasureAsync("hidden", "told", isListed: false);
        await _muc.AskAsync(Juliet, "lost@muc.example.org", "set",
            "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query>");
        await MeasureAsync("destroyed", "lost", isListed: false);
        await UntilAsync(async () => await CountAsync(ByWatch()) >= repaired + 3);
    }

    [Fact]
    public async Task What_is_purged_from_the_queue_while_search_is_away_the_comparison_at_its_start_tells()
    {
        await Sql.UntilAsync(_mucDatabase, "not exists (select from muc.outbox)");
        await _search.DisposeAsync();
        await MakeRoomAsync("lost");
        await ConfigureAsync("told", isPublic: false);
        // The broker has confirmed them all; then nobody has them any more.
        await Sql.UntilAsync(_mucDatabase, "not exists (select from muc.outbox)");
        await using (var connection = await new ConnectionFactory { Uri = _broker.Uri }.CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync())
            Assert.True(await channel.QueuePurgeAsync("annex-search") > 0, "The queue was empty: nothing was lost.");
        _search = await StartSearchAsync();
        await MeasureAsync("found after the start", "lost", isListed: true);
        await MeasureAsync("hidden after the start", "told", isListed: false);
        await UntilAsync(async () => await CountAsync(ByComparison()) + await CountAsync(ByWatch()) >= 2);
    }

    // Nothing is compared for an hour, but at the start.
    private Task<ServiceConversation> StartSearchAsync() => ServiceConversation.StartAsync(port => ServiceProcess.Start("Search",
        "search.example.org", _searchDatabase, port, ("Bus__RabbitMq", _broker.Uri.ToString()), ("Search__Http__Listen", "127.0.0.1:0"),
        ("Search__Ops__Listen", Loopback(_ops)), ("Peers__Muc", $"http://{Loopback(_calls)}"), ("Search__ReconcileInterval", "1h"),
        ("Search__MaxQueriesPerUser", "10000")));

    private async Task MakeRoomAsync(string name)
    {
        var room = $"{name}@muc.example.org";
        await _muc.SendAsync($"<presence from='{Juliet}' to='{room}/juliet'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        await _muc.ReceiveAsync(e => e.Name == "presence" && e["from"] == $"{room}/juliet" && e["to"] == Juliet);
        await ConfigureAsync(name, isPublic: true);
    }

    private async Task ConfigureAsync(string name, bool isPublic)
    {
        var answer = await _muc.ConfigureAsync(Juliet, $"{name}@muc.example.org",
            ("roomname", "Verona"), ("persistentroom", "1"), ("publicroom", isPublic ? "1" : "0"));
        Assert.Equal("result", answer["type"]);
    }

    private async Task MeasureAsync(string what, string name, bool isListed)
    {
        var watch = Stopwatch.StartNew();
        await UntilAsync(name, isListed);
        output.WriteLine($"{what} after {watch.ElapsedMilliseconds} ms");
    }

    private Task UntilAsync(string name, bool isListed) =>
        UntilAsync(async () => (await FindAsync()).Contains($"{name}@muc.example.org") == isListed);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await holds())
            await Task.Delay(20, limit.Token);
    }

    private async Task<List<string?>> FindAsync()
    {
        var answer = await _search.AskAsync(Juliet, "search.example.org", "get", $"<search xmlns='{Search}'><x xmlns='jabber:x:data' type='submit'>"
            + "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:channel-search:0:search-params</value></field>"
            + "<field var='q'><value>verona</value></field></x></search>");
        Assert.Equal("result", answer["type"]);
        return [.. answer.Child("result", Search)?.ChildrenNamed("item").Select(i => i["address"]) ?? []];
    }

    /// <summary>The sum of a counter of search's, 0 before it was first counted.</summary>
    private async Task<long> CountAsync(Regex counter)
    {
        var metrics = await _http.GetStringAsync(new Uri($"http://{Loopback(_ops)}/metrics"));
        return counter.Matches(metrics).Sum(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    private static string Loopback(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    [GeneratedRegex("""^annex_search_rooms_repaired_total\{by="watch"\} (\d+)""", RegexOptions.Multiline)]
    private static partial Regex ByWatch();

    [GeneratedRegex("""^annex_search_rooms_repaired_total\{by="comparison"\} (\d+)""", RegexOptions.Multiline)]
    private static partial Regex ByComparison();

    [GeneratedRegex("""^annex_events_consumed_total.* (\d+)""", RegexOptions.Multiline)]
    private static partial Regex Consumed();
}
