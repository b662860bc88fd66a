namespace Annex.Upload.Storage;

/// <summary>A blob whose file is deleted already; the store may still hold it. A row of <c>doomed_blobs</c>.</summary>
public sealed class DoomedBlob
{
    public required string Blob { get; set; }

    public DateTimeOffset Since { get; set; }
}
