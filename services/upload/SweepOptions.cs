using System.ComponentModel.DataAnnotations;

namespace Annex.Upload;

/// <summary>What is tidied up, how often and in which bites.</summary>
public sealed class SweepOptions
{
    /// <summary>Between two looks for expired files and unused slots.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Files taken at once; in between, others get their turn.</summary>
    [Range(1, 10_000)]
    public int Bite { get; set; } = 200;

    /// <summary>Between two comparisons of the whole store with the whole database. The first one is right after the start.</summary>
    public TimeSpan OrphanInterval { get; set; } = TimeSpan.FromHours(6);

    /// <summary>A blob that no file refers to is left alone for this long: its upload may be just ending, or being scanned.</summary>
    public TimeSpan OrphanGrace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Between two looks into the staging area of pre-signed uploads.</summary>
    public TimeSpan StagingInterval { get; set; } = TimeSpan.FromSeconds(2);
}
