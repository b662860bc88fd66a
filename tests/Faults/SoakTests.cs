using System.Globalization;
using Annex.Interop.Clients;
using Annex.Testing.Servers;
using Npgsql;
using Xunit;
using Xunit.Abstractions;

namespace Annex.Faults;

/// <summary>Busy people on all of Annex in one process, on a real server and database: at the end nothing is left that would be more
/// after a longer day. SOAK_SECONDS=600 is the day.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int People = 8;

    private static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("SOAK_SECONDS") ?? "12", CultureInfo.InvariantCulture);

    [Fact]
    public async Task After_a_busy_day_nothing_has_grown_that_should_not()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await using var server = await ProsodyServer.StartAsync(new XmppServerOptions
        {
            Users = Enumerable.Range(0, People).ToDictionary(n => $"u{n}", _ => "pw"),
            SnippetSecret = SuiteProcess.Secret,
        });
        using var suite = new SuiteProcess(database, server.ComponentPort);
        using var http = new HttpClient();
        var users = await Task.WhenAll(Enumerable.Range(0, People).Select(async n =>
            new SoakUser(await RawClient.LoginAsync(server.ClientPort, $"u{n}", "annex.test", "pw", "soak"), $"u{n}", http, new Random(n))));
        await UntilReadyAsync(users, suite);
        // The first third warms up; what is there then is the measure of the rest.
        await LiveAsync(users, Seconds / 3.0);
        var before = await MeasureAsync(suite, database);
        await LiveAsync(users, Seconds * 2 / 3.0);
        var after = await MeasureAsync(suite, database);
        output.WriteLine($"{users.Sum(u => u.Acts)} acts, {users.Sum(u => u.Refusals)} refused; before {before}; after {after}");
        Assert.False(suite.HasExited, string.Join('\n', suite.Log));
        Assert.True(users.Sum(u => u.Acts) > People * Seconds / 4, "Too little happened for this to say anything.");
        Assert.Equal((0, 0), (after.Waiting, after.Occupants));
        Assert.True(after.Files <= before.Files + 16, $"Open files: {before.Files}, then {after.Files}.");
        Assert.True(after.Threads <= before.Threads + 16, $"Threads: {before.Threads}, then {after.Threads}.");
        // .NET gives memory back late: a leak of a day's acts would be far more than this.
        Assert.True(after.ResidentMegabytes <= (before.ResidentMegabytes * 1.3) + 40, $"Megabytes: {before.ResidentMegabytes}, then {after.ResidentMegabytes}.");
        foreach (var user in users)
            user.Dispose();
    }

    private static async Task UntilReadyAsync(SoakUser[] users, SuiteProcess suite)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (suite.Log.Count(l => l.Contains("is connected", StringComparison.Ordinal)) < 4)
        {
            Assert.False(suite.HasExited, string.Join('\n', suite.Log));
            await Task.Delay(50, limit.Token);
        }
        Assert.Equal(People, users.Length);
    }

    private static async Task LiveAsync(SoakUser[] users, double seconds)
    {
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        await Task.WhenAll(users.Select(u => u.LiveAsync(enough.Token)));
    }

    /// <summary>When everybody has gone home and what was under way is done.</summary>
    private static async Task<Measure> MeasureAsync(SuiteProcess suite, string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        var (waiting, occupants) = (-1, -1);
        for (var i = 0; i < 300 && (waiting, occupants) != (0, 0); i++)
        {
            waiting = await CountAsync(source, "select (select count(*) from muc.outbox) + (select count(*) from upload.outbox)");
            occupants = await CountAsync(source, "select count(*) from muc.occupants");
            await Task.Delay(50);
        }
        var (resident, files, threads) = suite.Usage;
        var bytes = await CountAsync(source, "select (pg_database_size(current_database()) / 1000000)::int");
        return new Measure(resident / 1_000_000, files, threads, waiting, occupants, bytes);
    }

    private static async Task<int> CountAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return Convert.ToInt32(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <param name="Waiting">Events that have not left.</param>
    /// <param name="Occupants">Sessions in rooms, when everybody has left.</param>
    private sealed record Measure(long ResidentMegabytes, int Files, int Threads, int Waiting, int Occupants, int DatabaseMegabytes);
}
