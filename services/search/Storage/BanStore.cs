using System.Collections.Frozen;
using Annex.Xmpp.Addressing;
using Npgsql;

namespace Annex.Search.Storage;

/// <summary>Service-wide bans. Asked for every query, so kept in memory, read again every few seconds.</summary>
public sealed class BanStore(NpgsqlDataSource database, TimeProvider time)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(2);

    private FrozenDictionary<string, DateTimeOffset?> _bans = FrozenDictionary<string, DateTimeOffset?>.Empty;
    private long _read;
    private bool _isRead;

    public async ValueTask<bool> IsBannedAsync(Jid person, CancellationToken cancellationToken)
    {
        if (!_isRead || time.GetElapsedTime(_read) > Age)
            await ReadAsync(cancellationToken);
        return IsInForce(person.Bare.ToString()) || IsInForce(person.Domain);
    }

    public static async Task PutAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string subject, DateTimeOffset? until,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            insert into search.bans (subject, until) values (@subject, @until)
            on conflict (subject) do update set until = excluded.until
            """, connection, transaction);
        command.Parameters.AddWithValue("subject", subject);
        command.Parameters.Add(new("until", NpgsqlTypes.NpgsqlDbType.TimestampTz)
        {
            Value = (object?)until?.UtcDateTime ?? DBNull.Value,
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task RemoveAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string subject, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("delete from search.bans where subject = @subject", connection, transaction);
        command.Parameters.AddWithValue("subject", subject);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private bool IsInForce(string subject) =>
        _bans.TryGetValue(subject, out var until) && (until is null || until > time.GetUtcNow());

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var bans = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        await using var command = database.CreateCommand("select subject, until from search.bans");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            bans[reader.GetString(0)] = reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1);
        _bans = bans.ToFrozenDictionary();
        _read = time.GetTimestamp();
        _isRead = true;
    }
}
