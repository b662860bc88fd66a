using System.Buffers;
using System.Security.Cryptography;
using Annex.Upload.Blobs;
using Annex.Upload.Blobs.S3;
using Annex.Upload.Slots;
using Annex.Upload.Storage;

namespace Annex.Upload.Intake;

/// <summary>
/// Pre-signed uploads. XEP-0363 knows no word from the client that it is done, so we look: when somebody asks for the file, and
/// every few seconds. What lies in staging is copied to a key that no client can write, checked, and published.
/// </summary>
public sealed class StagedIntake(
    S3Staging staging, IBlobStore store, SlotTable slots, FileTable files, Publisher publisher, ActiveUploads active,
    TimeProvider time, ILogger<StagedIntake> logger)
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Takes what a client has put, if it has.</summary>
    /// <returns>The file as it stands now; null where there is none (yet).</returns>
    /// <exception cref="BlobStoreException">The store is unreachable.</exception>
    public async Task<UploadFile?> ConfirmAsync(UploadFile file, CancellationToken cancellationToken)
    {
        // One at a time: everyone else copies the same bytes in vain. Whoever comes second finds the row as it is then.
        if (!active.TryEnter(file.Path, out var ticket, out _)) return null;
        using (ticket)
        {
            var name = SlotPath.TicketOf(file.Path);
            if (await staging.FindAsync(name, cancellationToken) is not { } staged) return null;
            if (staged.Length != file.Size)
            {
                Log.StagedLengthWrong(logger, staged.Length, file.Size);
                await staging.DeleteAsync(name, cancellationToken);
                return null;
            }
            await slots.RenewAsync([file.Path], time.GetUtcNow() + LeaseKeeper.Lease, cancellationToken);
            var blob = BlobKey.Create();
            if (!await staging.AdoptAsync(name, staged, blob, cancellationToken)) return null;
            var outcome = await publisher.PublishAsync(file, blob, await HashAsync(blob, cancellationToken), cancellationToken);
            await staging.DeleteAsync(name, cancellationToken);
            if (outcome is IntakeOutcome.Blocked or IntakeOutcome.Infected)
            {
                await files.DeleteAsync([file.Id], DeleteReason.Blocked, time.GetUtcNow(), cancellationToken);
                return null;
            }
            return outcome == IntakeOutcome.Stored ? file : await slots.FindAsync(file.Path, cancellationToken);
        }
    }

    private async Task<byte[]> HashAsync(BlobKey blob, CancellationToken cancellationToken)
    {
        await using var content = await store.ReadAsync(blob, 0, 0, cancellationToken)
            ?? throw new BlobStoreException("a blob vanished before it was read");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0) hash.AppendData(buffer, 0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return hash.GetHashAndReset();
    }
}
