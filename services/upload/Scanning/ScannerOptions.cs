namespace Annex.Upload.Scanning;

/// <summary>A clamd that looks at every file before it is served. Off unless an address is given.</summary>
public sealed class ScannerOptions
{
    /// <summary>unix:/run/clamav/clamd.ctl or host:port. Empty: no scanning.</summary>
    public string Clamd { get; set; } = "";

    /// <summary>For one file, everything included.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes that are shown to the scanner; clamd refuses more than its StreamMaxLength (25 MiB unless set). A larger
    /// file is judged by its beginning.</summary>
    public long MaxBytes { get; set; } = 25L * 1024 * 1024;
}
