using Annex.Testing.Servers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Annex.Testing.Documents;
using Xunit;

namespace Annex.Interop.Documents;

/// <summary>nginx reads it: nginx -t.</summary>
internal static partial class NginxBlocks
{
    public static async Task RunAsync(FencedBlock block)
    {
        using var directory = new PrivateDirectory();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=example.org", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var pem = directory.Write("cert.pem", certificate.ExportCertificatePem());
        var keyPem = directory.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        // Its ports are the reader's; here they may be somebody's.
        var text = ListenLine().Replace(CertificateLine().Replace(block.Text, ""), _ => $"listen 127.0.0.1:{FreePorts.Next()}");
        if (!text.Contains("server {", StringComparison.Ordinal))
            text = $"server {{\n{text}\n}}";
        // Where the certificate is, the reader's own configuration says.
        var configuration = directory.Write("nginx.conf", $$"""
            pid {{directory.Path}}/nginx.pid; error_log stderr;
            events {}
            http {
              access_log off; client_body_temp_path {{directory.Path}}/1; proxy_temp_path {{directory.Path}}/2;
              fastcgi_temp_path {{directory.Path}}/3; uwsgi_temp_path {{directory.Path}}/4; scgi_temp_path {{directory.Path}}/5;
              ssl_certificate {{pem}}; ssl_certificate_key {{keyPem}};
              {{text}}
            }
            """);
        var nginx = File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
        var (exitCode, output) = await ProgramOutput.OfAsync(nginx, ["-t", "-q", "-c", configuration, "-p", directory.Path]);
        Assert.True(exitCode == 0, $"{block.Place}:\n{output}");
    }

    [GeneratedRegex(@"^\s*ssl_certificate(_key)? .*$", RegexOptions.Multiline)]
    private static partial Regex CertificateLine();

    [GeneratedRegex(@"\blisten (?:\[::\]:)?\d+\b")]
    private static partial Regex ListenLine();
}
