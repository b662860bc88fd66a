using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Annex.Hosting.Configuration;

namespace Annex.Ctl.Doctor;

/// <summary>What users reach over HTTP: the public addresses, from where the doctor runs, and the certificates.</summary>
internal static class WebCheck
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public static async Task RunAsync(Examination examination)
    {
        foreach (var service in examination.Configuration.Configured.Where(s => HasPages(examination, s)))
        {
            var http = examination.OptionsOf(service).Http;
            CheckFile(examination, service, http);
            if (http.PublicUrl is { } url)
                await CheckUrlAsync(examination, service, url, http);
            else if (service is "Upload" && http.Certificate is null)
            {
                examination.Warn("public-url", service, $"{service} has no Http:PublicUrl: users are given the address of its listener.",
                    $"Set {service}:Http:PublicUrl to the https address under which users reach it, where they are not all on this machine.");
            }
        }
    }

    private static bool HasPages(Examination examination, string service) => service is "Upload" or "Search"
        || (service is "Push" or "TurnDiscovery" && examination.OptionsOf(service).Http.PublicUrl is not null);

    private static void CheckFile(Examination examination, string service, HttpOptions http)
    {
        if (string.IsNullOrEmpty(http.Certificate))
            return;
        var key = $"{service}:Http:Certificate";
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(http.Certificate));
            var until = certificate.NotAfter.ToUniversalTime();
            var now = DateTime.UtcNow;
            if (until < now)
                examination.Problem("certificate", service, $"The certificate {http.Certificate} expired on {until:yyyy-MM-dd}.", Renew(key));
            else if (certificate.NotBefore.ToUniversalTime() > now)
                examination.Problem("certificate", service, $"The certificate {http.Certificate} is not valid before {certificate.NotBefore:yyyy-MM-dd}.",
                    "Set the clock, or get another certificate.");
            else if (http.PublicUrl is { } url && !certificate.MatchesHostname(url.Host))
                examination.Problem("certificate", service, $"The certificate {http.Certificate} is not for {url.Host}.",
                    $"Get one with the name {url.Host} and name it in {key}, or correct {service}:Http:PublicUrl.");
            else if (until - now < Soon)
                examination.Warn("certificate", service, $"The certificate {http.Certificate} expires on {until:yyyy-MM-dd}.", Renew(key));
            else
                examination.Good("certificate", $"The certificate of {service} is valid until {until:yyyy-MM-dd}", service);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            examination.Problem("certificate", service, $"{http.Certificate} cannot be read: {e.Message}",
                $"Name a PEM file with the certificate and its chain in {key}, readable by the service's user.");
        }
    }

    private static async Task CheckUrlAsync(Examination examination, string service, Uri url, HttpOptions http)
    {
        TlsTrouble? trouble = null;
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(8),
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    trouble = errors == SslPolicyErrors.None ? null : TlsTrouble.Read(certificate as X509Certificate2, chain, errors, url.Host);
                    return errors == SslPolicyErrors.None;
                },
            },
        };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(15) };
        try
        {
            using var answer = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, examination.CancellationToken);
            if (answer.Headers.Date is { } date)
                examination.Clocks.Add(($"the web server of {url.Host}", RoundToZero(date - DateTimeOffset.UtcNow)));
            if ((int)answer.StatusCode >= 500)
            {
                examination.Problem("public-url", service, $"{url} answers {(int)answer.StatusCode}: the web server in front does not reach {service}.",
                    $"Let the web server pass {url.Host} on to {Listen(service, http)}, and start {service}.");
            }
            else
                examination.Good("public-url", $"{url} answers", service);
        }
        catch (HttpRequestException) when (trouble is not null)
        {
            examination.Problem("certificate", service, $"{url}: {trouble.Text}", trouble.Cure);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !examination.CancellationToken.IsCancellationRequested)
        {
            var cause = e.InnerException is SocketException or AuthenticationException or IOException ? e.InnerException.Message : e.Message;
            examination.Problem("public-url", service, $"{url} cannot be reached from here: {cause}",
                $"Point the name's DNS at the web server, open its port in the firewall, let it pass {url.Host} on to "
                + $"{Listen(service, http)}; or correct {service}:Http:PublicUrl.");
        }
    }

    private static string Listen(string service, HttpOptions http) => http.Listen.Length > 0 ? http.Listen : DefaultPorts.Http(service);

    // The header has whole seconds, cut off.
    private static TimeSpan RoundToZero(TimeSpan off) => off.Duration() < TimeSpan.FromSeconds(2) ? TimeSpan.Zero : off;

    private static string Renew(string key) =>
        $"Renew it (certbot renew, or your authority's way); {key} is read again by itself when the file changes.";

    private sealed record TlsTrouble(string Text, string Cure)
    {
        public static TlsTrouble Read(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, string host)
        {
            if (certificate is null)
                return new("the server shows no certificate", "Configure one in the web server.");
            if (certificate.NotAfter.ToUniversalTime() < DateTime.UtcNow)
                return new($"the certificate expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}", "Renew it (certbot renew, or your authority's way) and reload the web server.");
            if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
                return new($"the certificate is not for {host}", $"Get a certificate with the name {host} for the web server.");
            var why = chain is null ? "" : string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()).Distinct());
            return new($"the certificate is not trusted: {why}",
                "Use a certificate from an authority that clients know (Let's Encrypt), and let the web server send the whole chain.");
        }
    }
}
