using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Annex.Hosting.Configuration;

/// <summary>The listener for users, for services that have one.</summary>
public sealed class HttpOptions : IValidatableObject
{
    /// <summary>Address and port. Default: loopback, for a web server in front; with a certificate it can face the world.</summary>
    [ListenAddress]
    public string Listen { get; set; } = "";

    /// <summary>The URL under which users reach it (`https://upload.example.org`). Default: made from Listen.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>PEM file with the certificate and its chain; the listener then speaks HTTPS only. Read again when it changes.</summary>
    public string? Certificate { get; set; }

    /// <summary>PEM file with the private key. Default: in the same file.</summary>
    public string? CertificateKey { get; set; }

    /// <summary>Addresses or networks (`10.0.0.0/8`) of web servers whose X-Forwarded-For and -Proto are believed.</summary>
    public IReadOnlyList<string> TrustedProxies { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl is { Scheme: not ("http" or "https") })
            yield return new("a URL with http or https is expected", [nameof(PublicUrl)]);
        if (!string.IsNullOrEmpty(Certificate) && !File.Exists(Certificate))
            yield return new($"there is no file {Certificate}", [nameof(Certificate)]);
        if (!string.IsNullOrEmpty(CertificateKey) && !File.Exists(CertificateKey))
            yield return new($"there is no file {CertificateKey}", [nameof(CertificateKey)]);
        foreach (var proxy in TrustedProxies)
        {
            if (!IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _))
                yield return new($"'{proxy}' is neither an address nor a network such as 10.0.0.0/8",
                    [nameof(TrustedProxies)]);
        }
    }
}
