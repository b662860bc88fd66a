using System.Diagnostics;
using System.Globalization;
using System.Text;
using Annex.Testing;
using Annex.Testing.Servers;
using Npgsql;
using Xunit;
using Xunit.Abstractions;

namespace Annex.Interop.Together;

/// <summary>What the services do for each other, end to end: the assertions of <c>./run --check</c> against five processes, with
/// the broker taken away while they act.</summary>
public sealed class TogetherTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, string> Accounts = new()
    {
        ["admin"] = "password-of-admin",
        ["ann"] = "password-of-ann",
        ["bea"] = "password-of-bea",
        ["cat"] = "password-of-cat",
    };

    private static readonly XmppServerOptions Options = new() { Users = Accounts, SnippetSecret = Suite.Secret };

    [Fact]
    public async Task On_Prosody_everything_that_follows_from_an_event_follows_late_and_whole_after_an_outage_of_the_broker()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        await DriveAsync("prosody", server.ClientPort, server.ComponentPort, TimeSpan.FromMinutes(1), null);
    }

    [Fact]
    public async Task On_ejabberd_everything_that_follows_from_an_event_follows_late_and_whole_after_an_outage_of_the_broker()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await DriveAsync("ejabberd", server.ClientPort, server.ComponentPort, TimeSpan.FromSeconds(1), server.HttpPort);
    }

    /// <param name="server">Its kind.</param>
    /// <param name="clientPort">For clients.</param>
    /// <param name="componentPort">For Annex.</param>
    /// <param name="outage">How long the broker is away, at least.</param>
    /// <param name="apiPort">Where ejabberd takes commands: an account is removed by its operator's script there.</param>
    private async Task DriveAsync(string server, int clientPort, int componentPort, TimeSpan outage, int? apiPort)
    {
        await using var collector = await TraceCollector.StartAsync();
        await using (var five = await FiveProcesses.StartAsync(componentPort, collector.Url))
        {
            await CheckAsync(five, server, clientPort, outage, apiPort);
            // The member, the uploader, the device's owner: none of the five knows that address any more.
            await UntilForgottenAsync(five.Database, "bea@annex.test");
        }
        // The processes have ended, and with that sent what they had.
        collector.AssertOneTrace(("annex-muc", "muc message"), ("annex-muc", "muc store"),
            ("annex-push", "consume RoomMessagePosted"), ("annex-push", "push webpush"));
    }

    private async Task CheckAsync(FiveProcesses five, string server, int clientPort, TimeSpan outage, int? apiPort)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            WorkingDirectory = RepositoryRoot.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        string[] arguments = ["-B", "-u", "deploy/run/check.py", "--control", "--round", "five", "--server", server,
            "--only", "consequences", "--outage", outage.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            "--domain", "annex.test", "--port", clientPort.ToString(CultureInfo.InvariantCulture),
            "--services", string.Join(',', Suite.Subdomains.Values), "--operators", string.Join(',', five.Ops),
            "--accounts", string.Join(' ', Accounts.Select(a => $"{a.Key}:{a.Value}"))];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (kind, ports) in new[] { ("--rpc", five.Rpc), ("--web", five.Web) })
        {
            foreach (var (name, port) in ports)
            {
                start.ArgumentList.Add(kind);
                start.ArgumentList.Add($"{Suite.Subdomains[name]}=127.0.0.1:{port}");
            }
        }
        using var process = Process.Start(start)!;
        var said = new StringBuilder();
        var watch = Stopwatch.StartNew();
        try
        {
            while (await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(3)) is { } line)
            {
                said.AppendLine(line);
                output.WriteLine($"{watch.Elapsed:m\\:ss\\.f} {line}");
                if (!line.StartsWith("control: ", StringComparison.Ordinal)) continue;
                await DoAsync(five, line["control: ".Length..], apiPort);
                await process.StandardInput.WriteLineAsync("done");
            }
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        Assert.True(process.ExitCode == 0, $"{said}\n{five.Log}");
    }

    private static async Task DoAsync(FiveProcesses five, string words, int? apiPort)
    {
        switch (words)
        {
            case "stop broker":
                await five.Broker.StopAsync();
                break;
            case "start broker":
                await five.Broker.StartAgainAsync();
                break;
            case "remove bea":
                var (code, text) = await RemovalScript.RunAsync(apiPort!.Value, five.Rpc["Muc"], "--unregister", "bea", "annex.test");
                Assert.True(code == 0, text);
                break;
            default:
                Assert.Fail($"Nobody knows what \"{words}\" is.");
                break;
        }
    }

    private static async Task UntilForgottenAsync(string database, string address)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        string left;
        while ((left = await WhereAsync(database, address)).Length > 0 && !limit.IsCancellationRequested)
            await timer.WaitForNextTickAsync(CancellationToken.None);
        Assert.Equal("", left);
    }

    /// <summary>The columns of all schemas in which an address stands.</summary>
    private static async Task<string> WhereAsync(string database, string address)
    {
        await using var source = NpgsqlDataSource.Create(database);
        var columns = new List<(string Table, string Column)>();
        await using (var list = source.CreateCommand("""
            select format('%I.%I', table_schema, table_name), quote_ident(column_name) from information_schema.columns
            where table_schema not in ('pg_catalog', 'information_schema')
            """))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync()) columns.Add((reader.GetString(0), reader.GetString(1)));
        }
        var found = new List<string>();
        foreach (var (table, column) in columns)
        {
            await using var count = source.CreateCommand(
                $"select count(*) from {table} where position($1 in {column}::text) > 0 or position(encode($1::bytea, 'hex') in {column}::text) > 0");
            count.Parameters.AddWithValue(address);
            if ((long)(await count.ExecuteScalarAsync())! > 0) found.Add($"{table}.{column}");
        }
        return string.Join(", ", found);
    }
}
