using System.Net.Sockets;

namespace Annex.Xmpp.Streams;

internal static class TcpConnect
{
    /// <summary>A plain TCP stream: a component's link has no TLS (same host or private network).</summary>
    public static async ValueTask<Stream> OpenAsync(string host, int port, CancellationToken cancellationToken)
    {
        // With Nagle on, a fan-out of more than one write waits 44 ms for the delayed acknowledgement.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await socket.ConnectAsync(host, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
