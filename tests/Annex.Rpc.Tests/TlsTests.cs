using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Annex.Testing.Rpc;
using Annex.Testing.Rpc.V1;
using Grpc.Core;
using Xunit;

namespace Annex.Rpc.Tests;

public sealed class TlsTests : IAsyncLifetime
{
    private readonly X509Certificate2 _authority = NewAuthority("CN=ours");
    private RpcServer _server = null!;

    public async Task InitializeAsync()
    {
        var services = new RpcServiceMap().Add(Probe.BindService(new ProbeService()));
        _server = await RpcServer.StartAsync(services, tls: RpcTls.ForServer(Issue(_authority, isServer: true), [_authority]));
        _server.Listener.CallersAddress = new IPEndPoint(IPAddress.Parse("192.0.2.7"), 1234);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_caller_with_a_certificate_of_our_authority_needs_no_token() =>
        Assert.Equal(StatusCode.OK, await CallAsync(Issue(_authority, isServer: false), _authority));

    [Fact]
    public async Task A_caller_without_a_certificate_gets_no_connection() =>
        Assert.Equal(StatusCode.Unavailable, await CallAsync(null, _authority));

    [Fact]
    public async Task A_caller_of_another_authority_gets_no_connection() =>
        Assert.Equal(StatusCode.Unavailable, await CallAsync(Issue(NewAuthority("CN=theirs"), isServer: false), _authority));

    [Fact]
    public async Task A_server_s_certificate_does_not_serve_as_a_caller_s() =>
        Assert.Equal(StatusCode.Unavailable, await CallAsync(Issue(_authority, isServer: true), _authority));

    [Fact]
    public async Task A_server_of_another_authority_is_not_spoken_to() =>
        Assert.Equal(StatusCode.Unavailable, await CallAsync(Issue(_authority, isServer: false), NewAuthority("CN=theirs")));

    private async Task<StatusCode> CallAsync(X509Certificate2? certificate, X509Certificate2 trusted)
    {
        var handler = _server.Listener.CreateHandler();
        handler.SslOptions = RpcTls.ForClient(certificate, [trusted]);
        using var channel = RpcChannel.ForAddress("https://annex.test:1", null, handler);
        try
        {
            await new Probe.ProbeClient(channel).EchoAsync(new EchoRequest());
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    private static X509Certificate2 NewAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, bool isServer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=annex.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("annex.test");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(isServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        using var issued = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1),
            RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
