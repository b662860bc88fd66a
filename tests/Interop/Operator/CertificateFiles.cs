using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Annex.Interop.Operator;

/// <summary>A certificate that signed itself, with its key, in one PEM file.</summary>
internal sealed class CertificateFiles : IDisposable
{
    public CertificateFiles(string name, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(until.AddDays(-100), until);
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"annex-{Guid.NewGuid():N}.pem");
        File.WriteAllText(Path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
