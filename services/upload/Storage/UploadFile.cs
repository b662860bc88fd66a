using Annex.Upload.Slots;

namespace Annex.Upload.Storage;

/// <summary>One slot and what became of it: a row of <c>files</c>.</summary>
public sealed class UploadFile
{
    /// <summary>Grows; for paging.</summary>
    public long Id { get; set; }

    /// <summary>Below the public URL, unescaped. What the contracts call slot id.</summary>
    public required string Path { get; set; }

    /// <summary>Bare JID; empty where an external protocol names nobody.</summary>
    public required string Owner { get; set; }

    public required string Name { get; set; }

    /// <summary>What is served.</summary>
    public required string ContentType { get; set; }

    /// <summary>The client named the type in its request, so the upload has to have it.</summary>
    public bool IsTypeBound { get; set; }

    /// <summary>Bytes.</summary>
    public long Size { get; set; }

    public Purpose Purpose { get; set; }

    public FileState State { get; set; }

    /// <summary>The client puts into the store's staging area, not through us.</summary>
    public bool IsStaged { get; set; }

    public DateTimeOffset Created { get; set; }

    /// <summary>Until when a reserved slot holds; a running upload renews it.</summary>
    public DateTimeOffset Lease { get; set; }

    /// <summary>Not served from then on; null: for good. Of a reserved slot it is the client's own expire-before.</summary>
    public DateTimeOffset? Expires { get; set; }

    public DateTimeOffset? Stored { get; set; }

    /// <summary>Name in the blob store, once there is one.</summary>
    public string? Blob { get; set; }

    public byte[]? Sha256 { get; set; }
}
