using System.ComponentModel.DataAnnotations;
using Annex.Upload.Blobs.S3;
using Annex.Upload.Scanning;
using Annex.Upload.Slots;

namespace Annex.Upload;

/// <summary>The section Upload of the configuration.</summary>
public sealed class UploadOptions : IValidatableObject
{
    /// <summary>Name in service discovery.</summary>
    public string Name { get; set; } = "HTTP File Upload";

    /// <summary>Bytes of one file, where the purpose says nothing else. 100 MiB.</summary>
    [Range(1, long.MaxValue)]
    public long MaxFileSize { get; set; } = 100L * 1024 * 1024;

    /// <summary>Bytes (UTF-8) of a file's name. 180 leave room for percent-encoding in a URL of ordinary length.</summary>
    [Range(16, 255)]
    public int MaxFileNameBytes { get; set; } = 180;

    /// <summary>How long a slot may be used. XEP-0363 §8 recommends about 300 s.</summary>
    public TimeSpan SlotLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Domains whose users may upload beside LocalDomains.</summary>
    public IReadOnlyList<string> AllowDomains { get; set; } = [];

    /// <summary>Bare JIDs that may upload beside them.</summary>
    public IReadOnlyList<string> AllowJids { get; set; } = [];

    /// <summary>Bytes that one user may keep over all purposes; 0: no limit. 2 GiB.</summary>
    [Range(0, long.MaxValue)]
    public long UserQuota { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Files and pending slots of one user.</summary>
    [Range(1, int.MaxValue)]
    public int UserFiles { get; set; } = 10_000;

    /// <summary>Bytes of all users of one domain; 0: no limit.</summary>
    [Range(0, long.MaxValue)]
    public long DomainQuota { get; set; }

    /// <summary>Bytes of all files; 0: no limit.</summary>
    [Range(0, long.MaxValue)]
    public long TotalQuota { get; set; }

    /// <summary>Slots that one user may ask for at once; the bucket refills by <see cref="SlotsPerMinute"/>.</summary>
    [Range(1, int.MaxValue)]
    public int SlotBurst { get; set; } = 100;

    /// <summary>0: no limit.</summary>
    [Range(0, int.MaxValue)]
    public int SlotsPerMinute { get; set; } = 60;

    /// <summary>Bytes that one user may ask slots for in a day; 0: no limit. 10 GiB.</summary>
    [Range(0, long.MaxValue)]
    public long BytesPerDay { get; set; } = 10L * 1024 * 1024 * 1024;

    /// <summary>How far clocks may be apart. An ephemeral file goes this much before its time.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(5);

    public PurposesOptions Purposes { get; } = new();

    /// <summary>FileSystem or S3.</summary>
    [RegularExpression("FileSystem|S3", ErrorMessage = "The field Store has to be FileSystem or S3.")]
    public string Store { get; set; } = "FileSystem";

    /// <summary>Directory of the files, where Store is FileSystem.</summary>
    public string Directory { get; set; } = "data/upload";

    public S3Options S3 { get; } = new();

    public HttpOptions Http { get; } = new();

    public ExternalOptions External { get; } = new();

    public ScannerOptions Scanner { get; } = new();

    public SweepOptions Sweep { get; } = new();

    /// <summary>The policy of one purpose.</summary>
    public PurposePolicy Policy(Purpose purpose) => purpose switch
    {
        Purpose.Profile => Purposes.Profile,
        Purpose.Ephemeral => Purposes.Ephemeral,
        Purpose.Permanent => Purposes.Permanent,
        _ => Purposes.Message,
    };

    /// <summary>Bytes of one file for a purpose.</summary>
    public long MaxSize(Purpose purpose) => Policy(purpose) is { MaxFileSize: > 0 and var size } ? size : MaxFileSize;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SlotLifetime < TimeSpan.FromSeconds(10)) yield return new("At least 10 seconds.", [nameof(SlotLifetime)]);
        if (!Purposes.Message.Enabled)
        {
            // XEP-0363 §5: it is what a request without a purpose means.
            yield return new("The purpose message cannot be switched off.", ["Purposes:Message:Enabled"]);
        }
        if (Store == "S3" && S3.Bucket.Length == 0) yield return new("A bucket is needed.", ["S3:Bucket"]);
        if (Store == "FileSystem" && S3.PreSigned) yield return new("Only with Store S3.", ["S3:PreSigned"]);
    }
}
