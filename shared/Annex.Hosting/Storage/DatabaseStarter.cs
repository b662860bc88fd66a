using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Hosting.Storage;

/// <summary>
/// Brings each service's schema up to date before anything of the process starts. An absent server is waited for; a wrong
/// password or a missing database ends the start, since no waiting mends it.
/// </summary>
internal sealed class DatabaseStarter(
    IServiceProvider services, IEnumerable<DatabaseRegistration> registrations, TimeProvider time,
    ILogger<DatabaseStarter> logger) : IHostedService
{
    /// <summary>What the tests run with; older ones lack what the statements use.</summary>
    public const int OldestServer = 15;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var registration in registrations)
            await StartAsync(registration, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task StartAsync(DatabaseRegistration registration, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(250);
        var isToldAway = false;
        while (true)
        {
            try
            {
                await MigrateAsync(registration, cancellationToken);
                return;
            }
            catch (NpgsqlException e) when (DatabaseFaults.IsAway(e))
            {
                if (!isToldAway)
                    Log.DatabaseAway(logger, registration.Service, e.Message);
                isToldAway = true;
            }
            catch (PostgresException e)
            {
                throw new StartException($"Database: {registration.Service}: {e.MessageText} ({e.SqlState})", e);
            }
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task MigrateAsync(DatabaseRegistration registration, CancellationToken cancellationToken)
    {
        var source = services.GetRequiredKeyedService<NpgsqlDataSource>(registration.Service);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        if (connection.PostgreSqlVersion.Major < OldestServer)
        {
            throw new StartException($"Database: {registration.Service}: this is PostgreSQL {connection.PostgreSqlVersion}; "
                + $"{OldestServer} or newer is needed");
        }
        // Two processes that start together migrate one after the other; the lock goes with the connection, also after kill -9.
        await ExecuteAsync(connection, $"select pg_advisory_lock(hashtext('annex.migrate.{registration.Schema}'))",
            cancellationToken);
        try
        {
            await ExecuteAsync(connection, $"create schema if not exists {registration.Schema}", cancellationToken);
            var applied = await MigrationHistory.ReadAppliedAsync(connection, registration.Schema, cancellationToken);
            if (applied.FirstOrDefault(m => !registration.Migrations.Contains(m)) is { } newer)
            {
                Log.DatabaseNewer(logger, registration.Service, newer);
                registration.NewerMigration = newer;
            }
            var pending = registration.Migrations.Count(m => !applied.Contains(m));
            // Seldom: a service whose statements are its own does not load EF Core, 30 MB, for nothing.
            if (pending > 0)
            {
                await using var db = registration.CreateContext(services);
                await db.Database.MigrateAsync(cancellationToken);
                Log.Migrated(logger, registration.Service, registration.Schema, pending);
            }
            await ExecuteAsync(connection, ServiceTables.Create(registration.Schema), cancellationToken);
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await ExecuteAsync(connection,
                    $"select pg_advisory_unlock(hashtext('annex.migrate.{registration.Schema}'))", CancellationToken.None);
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
