using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Upload.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Annex.Upload.Life;

/// <summary>The block-list of contents: entries, the files that have them, and word of it to other upload services.</summary>
public sealed class Blocking(
    [FromKeyedServices(UploadService.Name)] NpgsqlDataSource database,
    [FromKeyedServices(UploadService.Name)] EventOutbox outbox,
    FileTable files, Sweeper sweeper, UploadOptions options, TimeProvider time)
{
    /// <summary>Refuses the content from now on and deletes what has it.</summary>
    /// <returns>How many files went.</returns>
    public async Task<int> BlockAsync(byte[] sha256, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            if (await BlockList.BlockAsync(connection, transaction, sha256, reason, now, cancellationToken))
            {
                var blocked = new ContentBlocked { Sha256 = Convert.ToHexStringLower(sha256), Reason = reason, At = now };
                await outbox.AddAsync(connection, transaction, blocked, cancellationToken);
            }
            await transaction.CommitAsync(cancellationToken);
        }
        return await DeleteAllAsync(sha256, cancellationToken);
    }

    /// <summary>False where it was not blocked.</summary>
    public async Task<bool> UnblockAsync(byte[] sha256, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await BlockList.UnblockAsync(connection, transaction, sha256, cancellationToken)) return false;
        var unblocked = new ContentUnblocked { Sha256 = Convert.ToHexStringLower(sha256), At = time.GetUtcNow() };
        await outbox.AddAsync(connection, transaction, unblocked, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<int> DeleteAllAsync(byte[] sha256, CancellationToken cancellationToken)
    {
        var count = 0;
        while (await files.IdsOfAsync(sha256, options.Sweep.Bite, cancellationToken) is { Length: > 0 } ids)
        {
            count += (await sweeper.DeleteAsync(ids, DeleteReason.Blocked, cancellationToken)).Files;
        }
        return count;
    }
}
