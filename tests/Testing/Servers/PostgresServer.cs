using System.Globalization;
using Npgsql;

namespace Annex.Testing.Servers;

/// <summary>A private PostgreSQL with an empty cluster; nothing is kept, and nothing is synced to the disk.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> SharedServer = new(() => StartAsync(CancellationToken.None));
    private static int _databases;
    private readonly ServerProcess _server;

    private PostgresServer(ServerProcess server) => _server = server;

    public int Port => _server.Port("port");

    /// <summary>One server for all tests of this process, ended with it. Take a database of your own from it, and
    /// never stop it: for that, start your own.</summary>
    public static Task<PostgresServer> SharedAsync() => SharedServer.Value;

    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken = default) =>
        new(await ServerProcess.StartAsync("postgres", [new("fsync", "off")], cancellationToken));

    /// <summary>In a folder of the caller's choice, such as one on a small disk; commits are synced.</summary>
    public static async Task<PostgresServer> StartInAsync(string place, CancellationToken cancellationToken = default) =>
        new(await ServerProcess.StartAsync("postgres", [], cancellationToken, place));

    /// <summary>One that syncs what it commits to the disk, as an operator's does: for benchmarks.</summary>
    public static async Task<PostgresServer> StartSyncedAsync(CancellationToken cancellationToken = default) =>
        new(await ServerProcess.StartAsync("postgres", [new("fsync", "on")], cancellationToken));

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken = default)
    {
        var name = $"test_{Interlocked.Increment(ref _databases).ToString(CultureInfo.InvariantCulture)}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"create database {name} strategy wal_log", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return ConnectionString(name);
    }

    /// <summary>SIGKILL to the whole server.</summary>
    public Task KillAsync(CancellationToken cancellationToken = default) => _server.KillAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => _server.StopAsync(cancellationToken);

    /// <summary>After a stop or a kill: the same port and data.</summary>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) =>
        _server.StartAgainAsync(cancellationToken);

    public Task RestartAsync(CancellationToken cancellationToken = default) => _server.RestartAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private string ConnectionString(string database) => $"{_server["database"]};Database={database}";
}
