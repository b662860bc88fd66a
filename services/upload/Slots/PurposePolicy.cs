namespace Annex.Upload.Slots;

/// <summary>What one purpose allows.</summary>
public sealed class PurposePolicy
{
    /// <summary>Whether slots for it are given, and its feature advertised.</summary>
    public bool Enabled { get; set; }

    /// <summary>Bytes of one file; 0: the service's MaxFileSize.</summary>
    public long MaxFileSize { get; set; }

    /// <summary>Bytes that one user may keep for this purpose, pending slots included; 0: no limit but the user's own.</summary>
    public long Quota { get; set; }

    /// <summary>How long a file is kept; zero: until somebody deletes it.</summary>
    public TimeSpan Retention { get; set; }
}
