namespace Annex.Upload.Blobs;

/// <summary>The store did not do what it was asked: full, unreachable, refused. The client may try again later.</summary>
public sealed class BlobStoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>It has no space left: a retry in a moment would meet the same.</summary>
    public bool IsFull { get; init; }
}
