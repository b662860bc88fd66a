using Annex.Hosting.Storage;
using Npgsql;

namespace Annex.Ctl.Doctor;

/// <summary>PostgreSQL as the services use it: reachable, new enough, with their tables.</summary>
internal static class DatabaseCheck
{
    private static readonly (string Service, string Schema)[] Keepers =
        [("Muc", "muc"), ("Upload", "upload"), ("Push", "push"), ("Search", "search")];

    public static async Task RunAsync(Examination examination)
    {
        var keepers = Keepers.Where(k => examination.IsConfigured(k.Service)).ToList();
        if (keepers.Count == 0)
            return;
        if (string.IsNullOrEmpty(examination.Configuration.Shared.Database))
        {
            examination.Problem("database", null, "No database is configured.", "Set Database (Host=…;Username=…;Password=…;Database=…) or DatabaseFile.");
            return;
        }
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(examination.Configuration.Shared.Database)
            {
                Timeout = 8,
                CommandTimeout = 8,
                Pooling = false,
                ApplicationName = "annexctl",
            };
            await using var connection = new NpgsqlConnection(builder.ConnectionString);
            await connection.OpenAsync(examination.CancellationToken);
            if (IsNewEnough(examination, connection))
                await LookAsync(examination, connection, keepers);
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException or TimeoutException)
        {
            // An ArgumentException names the keyword and never the value.
            examination.Problem("database", null, $"PostgreSQL cannot be used: {e.Message}", e is PostgresException
                ? "Correct Database: its user, password and database name; the database has to exist (createdb)."
                : "Start PostgreSQL, let it listen where the services look (listen_addresses, pg_hba.conf), or correct Database.");
        }
    }

    private static bool IsNewEnough(Examination examination, NpgsqlConnection connection)
    {
        var version = connection.PostgreSqlVersion;
        if (version.Major < DatabaseStarter.OldestServer)
        {
            examination.Problem("database", null, $"PostgreSQL {version} is too old: {DatabaseStarter.OldestServer} or newer is needed.",
                "Upgrade the server (pg_upgradecluster in Debian), or name another one in Database.");
            return false;
        }
        examination.Good("database", $"PostgreSQL {version} answers");
        return true;
    }

    private static async Task LookAsync(
        Examination examination, NpgsqlConnection connection, List<(string Service, string Schema)> keepers)
    {
        var before = DateTimeOffset.UtcNow;
        var now = (DateTime)(await ScalarAsync(connection, "select clock_timestamp()"))!;
        examination.Clocks.Add(("the database", new DateTimeOffset(now, TimeSpan.Zero) - (before + ((DateTimeOffset.UtcNow - before) / 2))));
        foreach (var (service, schema) in keepers)
        {
            var history = (bool)(await ScalarAsync(connection, $"select to_regclass('{schema}.\"{AnnexDatabase.HistoryTable}\"') is not null"))!;
            if (!history)
            {
                examination.Problem("database", service, $"The tables of {service} are not in this database (schema {schema}).",
                    $"Start {service} once against it, which makes them; or correct Database, where the tables are in another one.");
                continue;
            }
            // Rights are lost when a dump is restored by another user.
            if (await ScalarAsync(connection, $"select has_schema_privilege('{schema}', 'usage') and has_table_privilege('{schema}.outbox', 'insert')") is not true)
            {
                examination.Problem("database", service, $"The user of Database may not write into the schema {schema}.",
                    $"Give it back its tables: alter schema {schema} owner to …, and so for its tables.");
                continue;
            }
            var count = (long)(await ScalarAsync(connection, $"select count(*) from {schema}.\"{AnnexDatabase.HistoryTable}\""))!;
            examination.Good("database", $"The tables of {service} are there ({count} migrations)", service);
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
