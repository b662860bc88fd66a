using Npgsql;

namespace Annex.Search.Storage;

/// <summary>Rooms and domains that stay out, whatever is said of them. Delisting waits for what is being indexed and is waited
/// for: a room cannot slip back in between.</summary>
public sealed class DelistingStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Who took it out. Of several the strongest counts, or an owner could make an operator's word his own and then take
    /// it back.</summary>
    public const string Owner = "owner";
    public const string Operator = "operator";

    /// <summary>An operator too; of a domain that is not even asked, and of which nothing is kept.</summary>
    public const string Ban = "ban";

    /// <summary>True where a domain or one above it is banned; wants @domain.</summary>
    internal const string IsBanned = """
        exists (select from search.delistings d where d.by = 'ban' and (d.subject = @domain
                or right(@domain, length(d.subject) + 1) = '.' || d.subject))
        """;

    /// <param name="by">One of the constants above.</param>
    public async Task AddAsync(string subject, string by, string? reason, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RoomStore.LockAsync(connection, transaction, isExclusive: true, cancellationToken);
        await using var command = new NpgsqlCommand("""
            insert into search.delistings (subject, by, reason, at) values (@subject, @by, @reason, @now)
            on conflict (subject) do update set by = excluded.by, reason = excluded.reason, at = excluded.at
                where array_position(array['owner', 'operator', 'ban'], excluded.by)
                    >= array_position(array['owner', 'operator', 'ban'], delistings.by);
            update search.rooms set is_listed = false, changed_at = @now, changed_by = pg_current_xact_id()
            where is_listed and (jid = @subject or domain = @subject or right(domain, length(@subject) + 1) = '.' || @subject)
            """, connection, transaction);
        command.Parameters.AddWithValue("subject", subject);
        command.Parameters.AddWithValue("by", by);
        command.Parameters.Add(new("reason", NpgsqlTypes.NpgsqlDbType.Text) { Value = (object?)reason ?? DBNull.Value });
        command.Parameters.AddWithValue("now", time.GetUtcNow().UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
        if (by == Ban)
            await DeleteAllOfAsync(connection, transaction, subject, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <param name="by">Only what these people delisted, or null for whoever did.</param>
    /// <returns>False where it is not delisted (by them).</returns>
    public async Task<bool> RemoveAsync(string subject, string? by, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RoomStore.LockAsync(connection, transaction, isExclusive: true, cancellationToken);
        await using var remove = new NpgsqlCommand(
            "delete from search.delistings where subject = @subject and (@by is null or by = @by)", connection, transaction);
        remove.Parameters.AddWithValue("subject", subject);
        remove.Parameters.Add(new("by", NpgsqlTypes.NpgsqlDbType.Text) { Value = (object?)by ?? DBNull.Value });
        if (await remove.ExecuteNonQueryAsync(cancellationToken) == 0)
            return false;
        await using var list = new NpgsqlCommand($"""
            update search.rooms r set is_listed = true, changed_at = @now, changed_by = pg_current_xact_id() where is_present and not is_listed
                and (jid = @subject or domain = @subject or right(domain, length(@subject) + 1) = '.' || @subject)
                and not {RoomStore.IsDelisted.Replace("@jid", "r.jid").Replace("@domain", "r.domain")}
            """, connection, transaction);
        list.Parameters.AddWithValue("subject", subject);
        list.Parameters.AddWithValue("now", time.GetUtcNow().UtcDateTime);
        await list.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    public Task<IReadOnlyList<DelistingRow>> ListAsync(CancellationToken cancellationToken) => ListAsync(null, cancellationToken);

    /// <summary>Who and what keeps this out, the nearest first: the room itself, its domain, the domains above.</summary>
    /// <param name="subject">A room or a domain, or null for all there are.</param>
    public async Task<IReadOnlyList<DelistingRow>> ListAsync(string? subject, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select subject, by, reason, at from search.delistings
            where @subject is null or subject = @subject or subject = @domain
                or right(@domain, length(subject) + 1) = '.' || subject
            order by case when @subject is null then 0 else -length(subject) end, subject
            """);
        command.Parameters.Add(new("subject", NpgsqlTypes.NpgsqlDbType.Text) { Value = (object?)subject ?? DBNull.Value });
        command.Parameters.AddWithValue("domain", subject is null ? "" : subject[(subject.IndexOf('@', StringComparison.Ordinal) + 1)..]);
        var rows = new List<DelistingRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new DelistingRow
            {
                Subject = reader.GetString(0),
                By = reader.GetString(1),
                Reason = reader.IsDBNull(2) ? null : reader.GetString(2),
                At = reader.GetFieldValue<DateTimeOffset>(3),
            });
        }
        return rows;
    }

    private async Task DeleteAllOfAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string domain, CancellationToken cancellationToken)
    {
        // The copies in memory go by rows that change: is_listed was changed above, so the address stays until it expires.
        await RoomStore.HideAsync(connection, transaction,
            "(domain = @value or right(domain, length(@value) + 1) = '.' || @value)", domain, time.GetUtcNow().UtcDateTime, cancellationToken);
        await using var command = new NpgsqlCommand(
            "delete from search.domains where domain = @domain or right(domain, length(@domain) + 1) = '.' || @domain",
            connection, transaction);
        command.Parameters.AddWithValue("domain", domain);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
