using Annex.Upload.Blobs;
using Annex.Upload.Storage;

namespace Annex.Upload.Life;

/// <summary>What time does to files: unused slots are given back, expired files deleted, doomed blobs removed; in bites, so
/// that a million due files delay nobody. Every process may do it at once: a row is deleted by one of them.</summary>
public sealed class Sweeper(
    FileTable files, BlobTable blobs, IBlobStore store, TotalUsage totals, UploadOptions options, TimeProvider time,
    ILogger<Sweeper> logger)
{
    // A store that is away is asked again later, not by every bite.
    private const int MaxBitesAtOnce = 1000;

    /// <summary>Deletes all that is due.</summary>
    /// <returns>How many slots and files went.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var swept = 0;
        for (var bite = 0; bite < MaxBitesAtOnce; bite++)
        {
            var now = time.GetUtcNow();
            var due = await files.IdsDueAsync(now, options.Sweep.Bite, cancellationToken);
            if (due.Length == 0) break;
            swept += (await files.DeleteAsync(due, DeleteReason.Expired, now, cancellationToken)).Count;
            await Task.Yield();
        }
        if (swept > 0) totals.Invalidate();
        await RemoveDoomedAsync(cancellationToken);
        return swept;
    }

    /// <summary>Removes the blobs of deleted files from the store.</summary>
    public async Task RemoveDoomedAsync(CancellationToken cancellationToken)
    {
        for (var bite = 0; bite < MaxBitesAtOnce; bite++)
        {
            var doomed = await blobs.DoomedAsync(options.Sweep.Bite, cancellationToken);
            if (doomed.Count == 0) return;
            try
            {
                foreach (var blob in doomed) await store.DeleteAsync(blob, cancellationToken);
            }
            catch (BlobStoreException exception)
            {
                Log.BlobLeft(logger, exception);
                return;
            }
            await blobs.ForgetAsync(doomed, cancellationToken);
        }
    }

    /// <summary>Deletes files at somebody's request and removes their blobs at once, if the store lets us.</summary>
    /// <returns>How many were served until now, and their bytes.</returns>
    public async Task<(int Files, long Bytes)> DeleteAsync(long[] ids, string reason, CancellationToken cancellationToken)
    {
        var gone = await files.DeleteAsync(ids, reason, time.GetUtcNow(), cancellationToken);
        totals.Invalidate();
        await RemoveDoomedAsync(cancellationToken);
        var stored = gone.Where(file => file.State == FileState.Stored).ToList();
        return (stored.Count, stored.Sum(file => file.Size));
    }

    /// <summary>Deletes all files of an owner, in bites.</summary>
    public Task<(int Files, long Bytes)> DeleteAllAsync(string owner, string reason, CancellationToken cancellationToken) =>
        DeleteAllAsync(token => files.IdsOfAsync(owner, options.Sweep.Bite, token), reason, cancellationToken);

    /// <summary>Deletes all files of a domain's users, in bites.</summary>
    public Task<(int Files, long Bytes)> DeleteDomainAsync(string domain, string reason, CancellationToken cancellationToken) =>
        DeleteAllAsync(token => files.IdsOfDomainAsync(domain, options.Sweep.Bite, token), reason, cancellationToken);

    private async Task<(int Files, long Bytes)> DeleteAllAsync(
        Func<CancellationToken, Task<long[]>> next, string reason, CancellationToken cancellationToken)
    {
        var (count, bytes) = (0, 0L);
        while (await next(cancellationToken) is { Length: > 0 } ids)
        {
            var gone = await DeleteAsync(ids, reason, cancellationToken);
            count += gone.Files;
            bytes += gone.Bytes;
        }
        return (count, bytes);
    }
}
