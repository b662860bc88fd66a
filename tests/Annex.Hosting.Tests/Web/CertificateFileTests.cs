using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Annex.Hosting.Configuration;
using Annex.Hosting.Web;
using Annex.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Annex.Hosting.Tests.Web;

public sealed class CertificateFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly ManualTime _time = new();

    [Fact]
    public void A_renewed_certificate_is_used_without_a_restart()
    {
        Write("first.example");
        var certificate = Open();
        Write("second.example");
        File.SetLastWriteTimeUtc(_file, DateTime.UtcNow.AddMinutes(1));
        Assert.Equal("CN=first.example", certificate.Current.Subject);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("CN=second.example", certificate.Current.Subject);
    }

    [Fact]
    public void A_broken_renewal_leaves_the_old_one_in_use()
    {
        Write("first.example");
        var certificate = Open();
        File.WriteAllText(_file, "half a certi");
        File.SetLastWriteTimeUtc(_file, DateTime.UtcNow.AddMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("CN=first.example", certificate.Current.Subject);
    }

    [Fact]
    public void A_file_without_a_certificate_stops_the_start_and_names_the_key()
    {
        File.WriteAllText(_file, "nothing");
        Assert.StartsWith("Upload:Http:Certificate: ", Assert.Throws<StartException>(() => Open()).Message);
    }

    public void Dispose() => File.Delete(_file);

    private CertificateFile Open() =>
        new(new HttpOptions { Certificate = _file }, "Upload:Http:Listen", _time, NullLogger.Instance);

    private void Write(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(_file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
