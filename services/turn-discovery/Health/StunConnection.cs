using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Annex.TurnDiscovery.Health;

/// <summary>A way to a STUN server over UDP, TCP or TLS: one request at a time.</summary>
internal sealed class StunConnection : IDisposable
{
    /// <summary>RFC 8489 §6.2.1: doubled after each retransmission.</summary>
    private static readonly TimeSpan FirstRetransmission = TimeSpan.FromMilliseconds(500);

    private readonly Socket _socket;
    private readonly Stream? _stream;
    private readonly byte[] _buffer = new byte[StunMessage.MaxBytes];

    private StunConnection(Socket socket, Stream? stream)
    {
        _socket = socket;
        _stream = stream;
    }

    /// <exception cref="SocketException">The name is unknown, or nobody listens.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The certificate is not valid.</exception>
    public static async Task<StunConnection> OpenAsync(
        string host, int port, string transport, string? tlsName, bool validate, CancellationToken cancellationToken)
    {
        var address = IPAddress.TryParse(host, out var literal)
            ? literal : (await Dns.GetHostAddressesAsync(host, cancellationToken))[0];
        var isUdp = transport == "udp";
        var socket = new Socket(address.AddressFamily, isUdp ? SocketType.Dgram : SocketType.Stream,
            isUdp ? ProtocolType.Udp : ProtocolType.Tcp);
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            if (isUdp)
                return new StunConnection(socket, null);
            stream = new NetworkStream(socket, ownsSocket: false);
            if (tlsName is null)
                return new StunConnection(socket, stream);
            var tls = new SslStream(stream);
            stream = tls;
            await tls.AuthenticateAsClientAsync(Options(tlsName, validate), cancellationToken);
            return new StunConnection(socket, tls);
        }
        catch
        {
            stream?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and gives its answer; over UDP it is sent again until one comes or the token is cancelled.</summary>
    public async Task<StunMessage> AskAsync(StunMessage request, CancellationToken cancellationToken)
    {
        if (_stream is not null)
            return await AskStreamAsync(_stream, request, cancellationToken);
        var wait = FirstRetransmission;
        while (true)
        {
            await _socket.SendAsync(request.Bytes, SocketFlags.None, cancellationToken);
            if (await ReceiveAsync(request, wait, cancellationToken) is { } answer)
                return answer;
            wait *= 2;
        }
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _socket.Dispose();
    }

    private async Task<StunMessage?> ReceiveAsync(StunMessage request, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(wait);
        try
        {
            while (true)
            {
                var read = await _socket.ReceiveAsync(_buffer, SocketFlags.None, limit.Token);
                if (StunMessage.Read(_buffer.AsSpan(0, read)) is { } answer && answer.Answers(request))
                    return answer;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<StunMessage> AskStreamAsync(Stream stream, StunMessage request, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(request.Bytes, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        while (true)
        {
            await stream.ReadExactlyAsync(_buffer.AsMemory(0, StunMessage.HeaderBytes), cancellationToken);
            var length = StunMessage.HeaderBytes + StunMessage.BodyLength(_buffer);
            if (length > StunMessage.MaxBytes)
                throw new InvalidDataException("what answers there is no STUN server");
            await stream.ReadExactlyAsync(_buffer.AsMemory(StunMessage.HeaderBytes, length - StunMessage.HeaderBytes), cancellationToken);
            var answer = StunMessage.Read(_buffer.AsSpan(0, length))
                ?? throw new InvalidDataException("what answers there is no STUN server");
            if (answer.Answers(request))
                return answer;
        }
    }

    private static SslClientAuthenticationOptions Options(string name, bool validate)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = name };
        if (!validate)
        {
#pragma warning disable CA5359 // TurnDiscovery:Health:ValidateCertificates is off: the operator's word
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        return options;
    }
}
