using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Annex.Testing;
using Annex.Testing.Servers;
using Npgsql;
using Xunit;

namespace Annex.Interop.Servers;

/// <summary>The servers under the other tests: they start, die and come back as asked, and leave nothing.</summary>
public sealed class PrivateServerTests
{
    [Fact]
    public async Task PostgreSQL_keeps_what_was_committed_when_it_is_killed()
    {
        await using var server = await PostgresServer.StartAsync();
        var database = await server.CreateDatabaseAsync() + ";Pooling=false";
        await ExecuteAsync(database, "create table kept (id int); insert into kept values (7)");

        await server.KillAsync();
        await server.StartAgainAsync();

        Assert.Equal(7, await ExecuteAsync(database, "select id from kept"));
    }

    [Fact]
    public async Task Each_test_class_can_have_an_empty_database_of_the_shared_server()
    {
        var server = await PostgresServer.SharedAsync();

        var first = await server.CreateDatabaseAsync();
        var second = await server.CreateDatabaseAsync();

        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Prosody_comes_back_on_the_same_ports()
    {
        await using var server = await ProsodyServer.StartAsync(
            new() { Components = new Dictionary<string, string> { ["echo.annex.test"] = "secret" } });
        var port = server.ComponentPort;

        await server.KillAsync();
        Assert.False(await AcceptsAsync(port));
        await server.StartAgainAsync();

        Assert.Equal(port, server.ComponentPort);
        Assert.True(await AcceptsAsync(port));
    }

    [Fact]
    public async Task Ejabberd_comes_back_on_the_same_ports()
    {
        await using var server = await EjabberdServer.StartAsync(
            new()
            {
                Users = new Dictionary<string, string> { ["ann"] = "secret" },
                Components = new Dictionary<string, string> { ["echo.annex.test"] = "secret" },
            });

        await server.StopAsync();
        Assert.False(await AcceptsAsync(server.ComponentPort));
        await server.StartAgainAsync();

        Assert.True(await AcceptsAsync(server.ComponentPort));
    }

    [Fact]
    public async Task Coturn_listens_on_the_port_it_names()
    {
        await using var server = await CoturnServer.StartAsync("secret");

        Assert.True(await AcceptsAsync(server.Port));
    }

    [Fact]
    public async Task A_server_whose_caller_is_killed_ends_and_its_files_are_removed()
    {
        using var shell = Process.Start(new ProcessStartInfo(
            "/bin/bash", ["-c", "sleep infinity | exec \"$0\" coturn new secret=x", ServeScript])
        {
            RedirectStandardOutput = true,
        })!;
        var directory = "";
        while (await shell.StandardOutput.ReadLineAsync() is { } line && line != "ready")
        {
            directory = line.StartsWith("dir=", StringComparison.Ordinal) ? line[4..] : directory;
        }

        Assert.True(Directory.Exists(directory));

        // The caller's end of the pipe closes when `sleep`, its only holder, is killed.
        KillChildren(shell.Id, "sleep");
        await shell.WaitForExitAsync();

        Assert.False(Directory.Exists(directory));
    }

    private static string ServeScript => Path.Combine(RepositoryRoot.Path, "deploy", "servers", "serve");

    private static void KillChildren(int parent, string name)
    {
        foreach (var process in Process.GetProcessesByName(name))
        {
            var stat = File.ReadAllText($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/stat");
            if (stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == parent.ToString(CultureInfo.InvariantCulture))
            {
                process.Kill();
            }
        }
    }

    private static async Task<bool> AcceptsAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<object?> ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
