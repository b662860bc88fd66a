using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Annex.Rpc;

/// <summary>Mutual TLS: both ends show a certificate that the same private authority issued.</summary>
public static class RpcTls
{
    /// <summary>For Kestrel's UseHttps: callers without a certificate from this authority are turned away in the handshake.</summary>
    public static HttpsConnectionAdapterOptions ForServer(
        X509Certificate2 certificate, X509Certificate2Collection authority) => new()
        {
            ServerCertificate = certificate,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (presented, _, _) => IsIssuedBy(presented, authority, ClientAuthentication),
        };

    /// <summary>For a channel. authority null: the system's own authorities judge the server.</summary>
    public static SslClientAuthenticationOptions ForClient(
        X509Certificate2? certificate, X509Certificate2Collection? authority)
    {
        var options = new SslClientAuthenticationOptions();
        if (certificate is not null)
        {
            options.ClientCertificates = [certificate];
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }
        if (authority is not null)
        {
            options.RemoteCertificateValidationCallback = (_, presented, _, errors) =>
                // The chain is judged here against our authority; the name still has to be the one that was dialled.
                (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None
                && presented is X509Certificate2 server && IsIssuedBy(server, authority, ServerAuthentication);
        }
        return options;
    }

    // RFC 5280 §4.2.1.12: id-kp-serverAuth and id-kp-clientAuth.
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private static bool IsIssuedBy(X509Certificate2 presented, X509Certificate2Collection authority, string usage)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        // A private authority seldom publishes revocations; who leaves it is dealt with by issuing short-lived certificates.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(usage));
        return chain.Build(presented);
    }
}
