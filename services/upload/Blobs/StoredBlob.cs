namespace Annex.Upload.Blobs;

/// <summary>One blob as a store lists it.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Changed">When it became visible, by the store's clock.</param>
public readonly record struct StoredBlob(BlobKey Key, long Length, DateTimeOffset Changed);
