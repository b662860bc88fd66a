using Annex.Muc.Rooms;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>Reads the audit log, and forgets what is past its time.</summary>
internal sealed class AuditLog(NpgsqlDataSource database, MucOptions options, TimeProvider time)
{
    private const int Bite = 5000;

    /// <summary>Newest first. Null or empty: any.</summary>
    public async Task<IReadOnlyList<(string? Room, AuditRecord Line)>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select room, at, actor, action, target, reason, details from muc.audit
            where ($1::text is null or room = $1) and ($2::timestamptz is null or at >= $2) and ($3::timestamptz is null or at <= $3)
                and ($4::text is null or actor = $4) and ($5::text is null or action = $5) and ($6::text is null or target = $6)
            order by id desc limit $7
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            DeskWriter.Text(Any(query.Room)), DeskWriter.Time(query.Start), DeskWriter.Time(query.End),
            DeskWriter.Text(Any(query.Actor)), DeskWriter.Text(Any(query.Action)), DeskWriter.Text(Any(query.Target)),
            new() { Value = query.Limit > 0 && query.Limit < options.MaxAuditLines ? query.Limit : options.MaxAuditLines },
        ]);
        var lines = new List<(string?, AuditRecord)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add((Text(reader, 0), new AuditRecord(reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2),
                reader.GetString(3), Text(reader, 4), Text(reader, 5), Text(reader, 6))));
        }
        return lines;
    }

    /// <summary>One bite of what is past its time.</summary>
    /// <returns>How many lines went.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        if (options.AuditRetention == TimeSpan.Zero)
            return 0;
        await using var command = database.CreateCommand(
            "delete from muc.audit where id in (select id from muc.audit where at < $1 order by at limit $2)");
        command.Parameters.Add(DeskWriter.Time(time.GetUtcNow() - options.AuditRetention));
        command.Parameters.Add(new() { Value = Bite });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string? Any(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
