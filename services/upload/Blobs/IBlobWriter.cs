using System.Buffers;

namespace Annex.Upload.Blobs;

/// <summary>A blob on its way. Disposed without <see cref="CompleteAsync"/>, it never was.</summary>
public interface IBlobWriter : IAsyncDisposable
{
    /// <summary>Appends; the memory is the caller's again when the task ends.</summary>
    /// <exception cref="BlobStoreException">The store is full or went away.</exception>
    ValueTask WriteAsync(ReadOnlySequence<byte> data, CancellationToken cancellationToken);

    /// <summary>Returns when the blob is durable and can be read.</summary>
    /// <exception cref="BlobStoreException">It is neither.</exception>
    ValueTask CompleteAsync(CancellationToken cancellationToken);
}
