using Annex.Upload.Blobs;
using Annex.Upload.Scanning;
using Annex.Upload.Slots;
using Annex.Upload.Storage;

namespace Annex.Upload.Intake;

/// <summary>
/// The last step of every upload, whichever way it came. The blob lies in the store and nothing refers to it: that is the
/// quarantine. Only when hash and scanner agree does the database know it, and thereby the world.
/// </summary>
public sealed class Publisher(
    IBlobStore store, SlotTable slots, BlockList blockList, ClamdScanner scanner, UploadOptions options, TimeProvider time,
    ILogger<Publisher> logger)
{
    /// <summary>Publishes, or removes the blob again.</summary>
    /// <exception cref="ScannerException">No verdict; the blob is removed, the slot may be used again.</exception>
    public async Task<IntakeOutcome> PublishAsync(
        UploadFile file, BlobKey blob, byte[] sha256, CancellationToken cancellationToken)
    {
        var outcome = IntakeOutcome.Lost;
        try
        {
            outcome = await JudgeAsync(blob, sha256, cancellationToken);
            if (outcome != IntakeOutcome.Stored) return outcome;
            var now = time.GetUtcNow();
            var isFirst = await slots.CompleteAsync(file, blob, sha256, now, ExpiryOf(file, now), cancellationToken);
            return outcome = isFirst ? IntakeOutcome.Stored : IntakeOutcome.Lost;
        }
        catch (Exception) when (outcome == IntakeOutcome.Stored)
        {
            // The commit may or may not have happened: the blob stays, and the sweep asks the database.
            outcome = IntakeOutcome.Stored;
            throw;
        }
        finally
        {
            if (outcome != IntakeOutcome.Stored) await DiscardAsync(blob);
        }
    }

    /// <summary>When a file that is complete now will no longer be served; null: never.</summary>
    public DateTimeOffset? ExpiryOf(UploadFile file, DateTimeOffset now)
    {
        // An external module's files have its own retention; their owner may be unknown.
        var retention = file.Owner.Length == 0 ? options.External.Retention : options.Policy(file.Purpose).Retention;
        DateTimeOffset? end = retention > TimeSpan.Zero ? now + retention : null;
        return file.Expires is { } named && (end is null || named < end) ? named : end;
    }

    private async Task<IntakeOutcome> JudgeAsync(BlobKey blob, byte[] sha256, CancellationToken cancellationToken)
    {
        if (await blockList.IsBlockedAsync(sha256, cancellationToken)) return IntakeOutcome.Blocked;
        if (!scanner.IsEnabled) return IntakeOutcome.Stored;
        await using var content = await store.ReadAsync(blob, 0, long.MaxValue, cancellationToken)
            ?? throw new BlobStoreException("a blob vanished before it was scanned");
        if (await scanner.ScanAsync(content, cancellationToken) is not { } signature) return IntakeOutcome.Stored;
        Log.Infected(logger, signature);
        return IntakeOutcome.Infected;
    }

    private async Task DiscardAsync(BlobKey blob)
    {
        try
        {
            // Whoever uploads may have gone; the blob has to go all the same.
            await store.DeleteAsync(blob, CancellationToken.None);
        }
        catch (BlobStoreException exception)
        {
            Log.BlobLeft(logger, exception); // The sweep takes it.
        }
    }
}
