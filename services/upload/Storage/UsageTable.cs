using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Annex.Upload.Storage;

/// <summary>Who keeps how much, as <c>usage</c> counts it: pending slots are in it.</summary>
public sealed class UsageTable([FromKeyedServices(UploadService.Name)] NpgsqlDataSource database)
{
    private const string Columns = "owner, domain, message_bytes, profile_bytes, ephemeral_bytes, permanent_bytes, files";
    private const string Bytes = "message_bytes + profile_bytes + ephemeral_bytes + permanent_bytes";

    /// <summary>Null where the owner never had anything, or was forgotten.</summary>
    public async Task<UserUsage?> FindAsync(string owner, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select {Columns} from upload.usage where owner = $1");
        SlotTable.Add(command, owner);
        return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
    }

    /// <summary>Those that keep something, the one that keeps most first.</summary>
    /// <param name="domain">Null: of every domain.</param>
    public async Task<IReadOnlyList<UserUsage>> ListAsync(string? domain, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            select {Columns} from upload.usage where files > 0 {(domain is null ? "" : "and domain = $2")}
            order by {Bytes} desc, owner limit $1
            """);
        SlotTable.Add(command, limit);
        if (domain is not null) SlotTable.Add(command, domain);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>The sums of a domain (null: of all), as if one user kept it all.</summary>
    public async Task<UserUsage> SumAsync(string? domain, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            select '', '', coalesce(sum(message_bytes), 0)::bigint, coalesce(sum(profile_bytes), 0)::bigint,
              coalesce(sum(ephemeral_bytes), 0)::bigint, coalesce(sum(permanent_bytes), 0)::bigint, coalesce(sum(files), 0)::int
            from upload.usage {(domain is null ? "" : "where domain = $1")}
            """);
        if (domain is not null) SlotTable.Add(command, domain);
        return (await ReadAsync(command, cancellationToken)).Single();
    }

    /// <summary>Bytes and files by domain, over all owners.</summary>
    public async Task<IReadOnlyDictionary<string, (long Bytes, long Files)>> TotalsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            select domain, sum({Bytes})::bigint, sum(files)::bigint from upload.usage where files > 0 group by domain
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var totals = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            totals[reader.GetString(0)] = (reader.GetInt64(1), reader.GetInt64(2));
        }
        return totals;
    }

    /// <summary>Bytes that were stored since then and still are.</summary>
    public async Task<long> BytesSinceAsync(
        string? owner, string? domain, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select coalesce(sum(size), 0)::bigint from upload.files where state = 1 and stored >= $1
            """);
        SlotTable.Add(command, since);
        if (owner is not null) command.CommandText += " and owner = $2";
        else if (domain is not null) command.CommandText += " and owner in (select owner from upload.usage where domain = $2)";
        if ((owner ?? domain) is { } whose) SlotTable.Add(command, whose);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Forgets those who keep nothing any more: a name is a personal datum too.</summary>
    /// <param name="owner">Null: all of them.</param>
    public async Task ForgetAsync(string? owner, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ForgetAsync(connection, null, owner, cancellationToken);
    }

    /// <summary>The same in the caller's transaction.</summary>
    public static async Task ForgetAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string? owner, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("delete from upload.usage where files = 0", connection, transaction);
        if (owner is not null)
        {
            command.CommandText += " and owner = $1";
            SlotTable.Add(command, owner);
        }
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<UserUsage>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<UserUsage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new UserUsage
            {
                Owner = reader.GetString(0),
                Domain = reader.GetString(1),
                MessageBytes = reader.GetInt64(2),
                ProfileBytes = reader.GetInt64(3),
                EphemeralBytes = reader.GetInt64(4),
                PermanentBytes = reader.GetInt64(5),
                Files = reader.GetInt32(6),
            });
        }
        return rows;
    }
}
