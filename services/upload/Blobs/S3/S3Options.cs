namespace Annex.Upload.Blobs.S3;

/// <summary>An S3-compatible store (AWS, Ceph, MinIO).</summary>
public sealed class S3Options
{
    /// <summary>URL of the store as this process reaches it, e.g. https://s3.example.org. Empty: AWS in <see cref="Region"/>.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>URL of the store as clients reach it, for pre-signed uploads. Empty: <see cref="Endpoint"/>.</summary>
    public string PublicEndpoint { get; set; } = "";

    public string Region { get; set; } = "us-east-1";

    public string Bucket { get; set; } = "";

    /// <summary>What every key begins with, so that a bucket may be shared.</summary>
    public string Prefix { get; set; } = "annex-upload/";

    public string AccessKey { get; set; } = "";

    /// <summary>From the environment or <see cref="SecretKeyFile"/>; never logged.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>A file whose first line is the secret key.</summary>
    public string SecretKeyFile { get; set; } = "";

    /// <summary>Bucket in the path instead of the host name. AWS wants false.</summary>
    public bool ForcePathStyle { get; set; } = true;

    /// <summary>Clients put straight into the bucket, into a staging key; otherwise all bytes go through this process.</summary>
    public bool PreSigned { get; set; }

    /// <summary>How long one request to the store may take to be answered.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
