using Annex.Upload.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Annex.Upload.Storage;

/// <summary>Who and what is refused: bans, and contents by their hash.</summary>
public sealed class BlockList([FromKeyedServices(UploadService.Name)] NpgsqlDataSource database)
{
    /// <summary>Whether the bare JID or its domain is banned at this time.</summary>
    public async Task<bool> IsBannedAsync(string jid, string domain, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select 1 from upload.bans where subject in ($1, $2) and (until is null or until > $3) limit 1");
        SlotTable.Add(command, jid);
        SlotTable.Add(command, domain);
        SlotTable.Add(command, now);
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    public async Task<bool> IsBlockedAsync(byte[] sha256, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select 1 from upload.blocked_hashes where sha256 = $1");
        SlotTable.Add(command, sha256);
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    /// <summary>Blocks a content in the caller's transaction; false where it was blocked already.</summary>
    public static async Task<bool> BlockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, byte[] sha256,
        string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            insert into upload.blocked_hashes (sha256, reason, at) values ($1, $2, $3) on conflict do nothing
            """, connection, transaction);
        SlotTable.Add(command, sha256);
        SlotTable.Add(command, reason);
        SlotTable.Add(command, now);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Lifts a block in the caller's transaction; false where there was none.</summary>
    public static async Task<bool> UnblockAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, byte[] sha256, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "delete from upload.blocked_hashes where sha256 = $1", connection, transaction);
        SlotTable.Add(command, sha256);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    public async Task<IReadOnlyList<BlockedHash>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select sha256, reason, at from upload.blocked_hashes order by at desc limit $1");
        SlotTable.Add(command, limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var blocked = new List<BlockedHash>();
        while (await reader.ReadAsync(cancellationToken))
        {
            blocked.Add(new BlockedHash
            {
                Sha256 = reader.GetFieldValue<byte[]>(0),
                Reason = reader.GetString(1),
                At = reader.GetFieldValue<DateTimeOffset>(2),
            });
        }
        return blocked;
    }
}
