using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Annex.Upload;

/// <summary>The users' side. Listen, Certificate and TrustedProxies stand in the same section and are Hosting's.</summary>
public sealed class HttpOptions
{
    /// <summary>What every URL of a file begins with. https, or http on a loopback address for trying things out.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>A PEM file with the certificate; Hosting's, read here only to tell whether somebody does TLS.</summary>
    public string? Certificate { get; set; }

    /// <summary>Addresses of proxies in front; Hosting's, read here only to tell whether somebody does TLS.</summary>
    public string? TrustedProxies { get; set; }

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

    public Uri PublicUri => new(PublicUrl, UriKind.Absolute);

    /// <summary>Plain http is for this machine only.</summary>
    public bool IsPlainLoopback => PublicUri.Scheme == Uri.UriSchemeHttp;

    internal IEnumerable<ValidationResult> Validate()
    {
        var isUri = Uri.TryCreate(PublicUrl, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https" && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0;
        if (!isUri)
        {
            yield return new("The URL that clients reach this service under is needed, e.g. https://upload.example.org.",
                ["Http:PublicUrl"]);
        }
        // XEP-0363 §4: the host MUST provide Transport Layer Security.
        else if (uri!.Scheme == "http" && !IsLoopback(uri))
        {
            yield return new("It has to be https. (Plain http is allowed on a loopback address only.)", ["Http:PublicUrl"]);
        }
        if (XAccelRedirect.Length > 0 && (XAccelRedirect[0] != '/' || XAccelRedirect[^1] != '/'))
        {
            yield return new("It has to begin and end with a slash.", ["Http:XAccelRedirect"]);
        }
    }

    private static bool IsLoopback(Uri uri) => uri.IsLoopback
        || (IPAddress.TryParse(uri.Host, out var address) && IPAddress.IsLoopback(address));
}
