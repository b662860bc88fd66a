namespace Annex.Upload.Blobs.S3;

/// <summary>What a client has put into a staging key.</summary>
/// <param name="ETag">The store's own, to copy exactly this one.</param>
/// <param name="Length">Bytes.</param>
public sealed record StagedBlob(string ETag, long Length);
