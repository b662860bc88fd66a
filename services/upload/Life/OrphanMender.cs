using Annex.Upload.Blobs;
using Annex.Upload.Blobs.S3;
using Annex.Upload.Slots;
using Annex.Upload.Storage;

namespace Annex.Upload.Life;

/// <summary>
/// Compares store and database both ways. A blob without a file (a crash between the two) leaves the store; a file without a
/// blob (a lost disk) leaves the database, unless so many are missing that it must be the store that is wrong.
/// </summary>
public sealed class OrphanMender(
    FileTable files, UsageTable usage, BlobTable blobs, IBlobStore store, IServiceProvider services, SlotTable slots,
    UploadOptions options, TimeProvider time, ILogger<OrphanMender> logger)
{
    // One missing blob is an accident, more than this share of a bite is a store that is not the one we filled.
    private const double CredibleShare = 0.5;
    private const int AlwaysCredible = 5;

    /// <summary>One full comparison.</summary>
    /// <returns>Blobs removed from the store, files removed from the database.</returns>
    /// <exception cref="BlobStoreException">The store is away, or not ours.</exception>
    public async Task<(int Blobs, int Files)> MendAsync(CancellationToken cancellationToken)
    {
        await store.CheckAsync(cancellationToken);
        var before = time.GetUtcNow() - options.Sweep.OrphanGrace;
        int removed, abandoned = 0;
        do
        {
            removed = await store.DiscardAbandonedAsync(before, options.Sweep.Bite, cancellationToken);
            abandoned += removed;
        }
        while (removed > 0);
        abandoned += await RemoveUnknownBlobsAsync(before, cancellationToken);
        if (services.GetService(typeof(S3Staging)) is S3Staging staging)
        {
            abandoned += await RemoveUnknownStagedAsync(staging, before, cancellationToken);
        }
        var lost = await RemoveLostFilesAsync(cancellationToken);
        await usage.ForgetAsync(null, cancellationToken);
        if (abandoned + lost > 0) Log.Mended(logger, abandoned, lost);
        return (abandoned, lost);
    }

    private async Task<int> RemoveUnknownBlobsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var removed = 0;
        var bite = new List<BlobKey>(options.Sweep.Bite);
        async Task RemoveAsync()
        {
            foreach (var blob in await blobs.UnknownAsync(bite, cancellationToken))
            {
                await store.DeleteAsync(blob, cancellationToken);
                removed++;
            }
            bite.Clear();
        }
        await foreach (var blob in store.ListAsync(cancellationToken))
        {
            if (blob.Changed >= before) continue;
            bite.Add(blob.Key);
            if (bite.Count == options.Sweep.Bite) await RemoveAsync();
        }
        if (bite.Count > 0) await RemoveAsync();
        return removed;
    }

    // A pre-signed URL can be used again after its file was taken; and a slot may have run out before it was filled.
    private async Task<int> RemoveUnknownStagedAsync(
        S3Staging staging, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var removed = 0;
        var waiting = (await slots.FindStagedAsync(int.MaxValue, cancellationToken))
            .Select(file => SlotPath.TicketOf(file.Path)).ToHashSet(StringComparer.Ordinal);
        await foreach (var (ticket, changed) in staging.ListAsync(cancellationToken))
        {
            if (changed >= before || waiting.Contains(ticket)) continue;
            await staging.DeleteAsync(ticket, cancellationToken);
            removed++;
        }
        return removed;
    }

    private async Task<int> RemoveLostFilesAsync(CancellationToken cancellationToken)
    {
        var (lost, after) = (0, 0L);
        while (await blobs.PageAsync(after, options.Sweep.Bite, cancellationToken) is { Count: > 0 } page)
        {
            after = page[^1].Id;
            var missing = new List<long>();
            foreach (var (id, blob, size) in page)
            {
                // A wrong length is as good as none: it would be served with headers that lie.
                if (await store.LengthAsync(blob, cancellationToken) != size) missing.Add(id);
            }
            if (missing.Count == 0) continue;
            if (missing.Count > Math.Max(AlwaysCredible, page.Count * CredibleShare))
            {
                throw new BlobStoreException($"{missing.Count} of {page.Count} files have no blob: is this the right store?");
            }
            await store.CheckAsync(cancellationToken);
            lost += (await files.DeleteAsync([.. missing], DeleteReason.Lost, time.GetUtcNow(), cancellationToken)).Count;
        }
        return lost;
    }
}
