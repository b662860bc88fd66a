using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Annex.Upload;

/// <summary>The users' side. Listen, Certificate and TrustedProxies stand in the same section and are Hosting's.</summary>
public sealed class HttpOptions : IValidatableObject
{
    /// <summary>What every URL of a file begins with: https, or http on a loopback address for trying things out. Default: made
    /// from Listen.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>Location (in nginx: internal) that the store is reachable under, e.g. /annex-files/. Then the proxy sends the
    /// files, by X-Accel-Redirect. Empty: we do.</summary>
    public string XAccelRedirect { get; set; } = "";

    /// <summary>Origin that web clients may come from; * for any. Credentials are never allowed, so * is safe.</summary>
    public string CorsOrigin { get; set; } = "*";

    /// <summary>How long a browser may keep a file without asking again. Zero: it always asks, so that a deleted file is gone
    /// at once. Shared caches are told not to keep anything.</summary>
    public TimeSpan CacheFor { get; set; } = TimeSpan.Zero;

    /// <summary>An upload slower than this for longer than <see cref="SlowGrace"/> is cut off.</summary>
    [Range(1, int.MaxValue)]
    public int MinBytesPerSecond { get; set; } = 240; // Kestrel's own default

    public TimeSpan SlowGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Uploads at once in this process; beyond that 503.</summary>
    [Range(1, int.MaxValue)]
    public int MaxUploads { get; set; } = 2000;

    /// <summary>Uploads at once into one slot: a retry may overlap with a connection that died unnoticed.</summary>
    [Range(1, 16)]
    public int MaxUploadsPerSlot { get; set; } = 2;

    /// <summary>Ranges in one request; beyond that the whole file is sent.</summary>
    [Range(1, 100)]
    public int MaxRanges { get; set; } = 16;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl is { } url && ProblemWith(url) is { } problem) yield return new(problem, [nameof(PublicUrl)]);
        if (XAccelRedirect.Length > 0 && (XAccelRedirect[0] != '/' || XAccelRedirect[^1] != '/'))
        {
            yield return new("it has to begin and end with a slash", [nameof(XAccelRedirect)]);
        }
    }

    /// <summary>What is wrong with a URL that files shall be served under; null: nothing.</summary>
    public static string? ProblemWith(Uri url)
    {
        if (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https")) return "a URL with https is expected";
        if (url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
        {
            return "the URL must have no user, query or fragment";
        }
        // XEP-0363 §4: the host MUST provide Transport Layer Security.
        return url.Scheme == "https" || IsLoopback(url) ? null : "it has to be https (plain http is for loopback addresses only)";
    }

    private static bool IsLoopback(Uri url) => url.IsLoopback
        || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
