using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Annex.TurnDiscovery.Credentials;

namespace Annex.TurnDiscovery.Health;

/// <summary>
/// Does with a server what a client would: a STUN binding, and for TURN an allocation with credentials as users get them, which
/// is given back at once. A server that only answers pings, or that has another secret, does not pass.
/// </summary>
public sealed class ServerCheck(HealthCheckOptions options, TimeProvider time)
{
    private const int UdpTransport = 17 << 24;
    private const int Unauthorized = 401;
    private const int StaleNonce = 438;

    /// <summary>Never throws but for cancellation.</summary>
    public async Task<CheckResult> RunAsync(ExternalService service, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        var start = time.GetTimestamp();
        try
        {
            using var connection = await StunConnection.OpenAsync(service.CheckHost, service.CheckPort, service.Transport,
                service.IsTls ? service.Host : null, options.ValidateCertificates, limit.Token);
            var bound = await BindAsync(connection, start, limit.Token);
            return bound.Problem is not null || !service.IsTurn ? bound : await AllocateAsync(connection, service, start, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return CheckResult.Failed("no answer in time");
        }
        catch (Exception exception) when (exception is SocketException or IOException or InvalidDataException
                                              or AuthenticationException)
        {
            return CheckResult.Failed(exception.Message);
        }
    }

    private async Task<CheckResult> BindAsync(StunConnection connection, long start, CancellationToken cancellationToken)
    {
        var answer = await connection.AskAsync(StunMessage.Request(StunType.Binding), cancellationToken);
        if (!answer.IsSuccess)
            return CheckResult.Failed(ErrorOf(answer));
        return answer.Address(StunAttribute.XorMappedAddress) is null
            ? CheckResult.Failed("the binding has no address") : new CheckResult(null, time.GetElapsedTime(start));
    }

    private async Task<CheckResult> AllocateAsync(
        StunConnection connection, ExternalService service, long start, CancellationToken cancellationToken)
    {
        // RFC 8656 §7.1: the first request, without credentials, is answered with realm and nonce.
        var challenge = await connection.AskAsync(
            StunMessage.Request(StunType.Allocate).Add(StunAttribute.RequestedTransport, UdpTransport), cancellationToken);
        if (challenge.ErrorCode != Unauthorized || challenge.Text(StunAttribute.Realm) is not { } realm
            || challenge.Text(StunAttribute.Nonce) is not { } nonce)
            return CheckResult.Failed(challenge.IsSuccess ? "it gives allocations to everybody" : ErrorOf(challenge));

        var refusal = "";
        var credentials = CredentialsOf(service);
        for (var i = 0; i < credentials.Count; i++)
        {
            var session = new TurnSession(connection, credentials[i], realm, nonce);
            var answer = await session.AllocateAsync(cancellationToken);
            if (answer.ErrorCode == StaleNonce && answer.Text(StunAttribute.Nonce) is { } fresh)
            {
                session = new TurnSession(connection, credentials[i], realm, fresh);
                answer = await session.AllocateAsync(cancellationToken);
            }
            nonce = answer.Text(StunAttribute.Nonce) ?? nonce;
            if (answer.IsSuccess)
            {
                if (!session.IsGenuine(answer) || answer.Address(StunAttribute.XorRelayedAddress) is null)
                    return CheckResult.Failed("its answer is not signed, or without an address");
                var latency = time.GetElapsedTime(start);
                await session.ReleaseAsync(cancellationToken);
                return new CheckResult(null, latency, i);
            }
            if (answer.ErrorCode != Unauthorized)
                return CheckResult.Failed(ErrorOf(answer));
            refusal = ErrorOf(answer);
        }
        return CheckResult.SecretRefused(refusal);
    }

    private List<Credential> CredentialsOf(ExternalService service)
    {
        if (service.Fixed is { } account)
            return [account];
        var now = time.GetUtcNow();
        return [.. service.SecretsAt(now).Select(s => CredentialIssuer.Sign(s, "annex-check", now + TimeSpan.FromMinutes(5)))];
    }

    private static string ErrorOf(StunMessage answer) => string.Create(CultureInfo.InvariantCulture,
        $"error {answer.ErrorCode} {answer.ErrorReason}").TrimEnd();

    /// <summary>One allocation with one credential.</summary>
    private sealed class TurnSession(StunConnection connection, Credential credential, string realm, string nonce)
    {
        private readonly byte[] _key = StunMessage.LongTermKey(credential.Username, realm, credential.Password);

        public Task<StunMessage> AllocateAsync(CancellationToken cancellationToken) => connection.AskAsync(
            Signed(StunMessage.Request(StunType.Allocate).Add(StunAttribute.RequestedTransport, UdpTransport)), cancellationToken);

        public bool IsGenuine(StunMessage answer) => answer.IsSignedBy(_key);

        /// <summary>RFC 8656 §3.2: a lifetime of zero ends the allocation.</summary>
        public Task<StunMessage> ReleaseAsync(CancellationToken cancellationToken) =>
            connection.AskAsync(Signed(StunMessage.Request(StunType.Refresh).Add(StunAttribute.Lifetime, 0)), cancellationToken);

        private StunMessage Signed(StunMessage request) => request
            .Add(StunAttribute.Username, credential.Username).Add(StunAttribute.Realm, realm).Add(StunAttribute.Nonce, nonce)
            .Sign(_key);
    }
}
