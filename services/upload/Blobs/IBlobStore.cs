namespace Annex.Upload.Blobs;

/// <summary>
/// Where the bytes of files live: a local directory or an S3 bucket. It knows nothing of slots, owners or names; which blobs
/// exist for the world is decided by the database alone.
/// </summary>
public interface IBlobStore
{
    /// <summary>Opens a new blob of exactly this many bytes. It is invisible until <see cref="IBlobWriter.CompleteAsync"/>.</summary>
    /// <exception cref="BlobStoreException">The store is unreachable or full.</exception>
    ValueTask<IBlobWriter> CreateAsync(BlobKey key, long length, CancellationToken cancellationToken);

    /// <summary>Reads count bytes from offset; null where there is no such blob. The caller disposes the stream.</summary>
    /// <exception cref="BlobStoreException">The store is unreachable.</exception>
    ValueTask<Stream?> ReadAsync(BlobKey key, long offset, long count, CancellationToken cancellationToken);

    /// <summary>The blob's length in bytes; null where there is none.</summary>
    /// <exception cref="BlobStoreException">The store is unreachable: this is never mistaken for an absent blob.</exception>
    ValueTask<long?> LengthAsync(BlobKey key, CancellationToken cancellationToken);

    /// <summary>Removes a blob; one that is not there is no error.</summary>
    /// <exception cref="BlobStoreException">The store is unreachable.</exception>
    ValueTask DeleteAsync(BlobKey key, CancellationToken cancellationToken);

    /// <summary>All complete blobs, in no particular order, read little by little.</summary>
    IAsyncEnumerable<StoredBlob> ListAsync(CancellationToken cancellationToken);

    /// <summary>Removes what aborted or killed uploads left behind and nobody has touched since <paramref name="before"/>.</summary>
    /// <returns>How many were removed, at most <paramref name="limit"/>.</returns>
    ValueTask<int> DiscardAbandonedAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>Makes sure that this is the store it was before (an empty mount point must not look like lost files).</summary>
    /// <exception cref="BlobStoreException">It is not, or it cannot be reached.</exception>
    ValueTask CheckAsync(CancellationToken cancellationToken);

    /// <summary>Where a web server in front finds the blob, below the prefix of X-Accel-Redirect.</summary>
    ValueTask<string> InternalLocationAsync(BlobKey key, CancellationToken cancellationToken);
}
