using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Annex.Load;

/// <summary>The server's end of one component stream (XEP-0114): accepts, checks the handshake, hands over the socket.</summary>
internal sealed class ServerLink(Socket socket) : IDisposable
{
    public Socket Socket { get; } = socket;

    public static async Task<ServerLink> AcceptAsync(Arguments options, CancellationToken cancellationToken)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Parse(options.Host), options.Port));
        listener.Listen(1);
        Console.Error.WriteLine($"listening on {options.Host}:{options.Port} for {options.Jid}");
        var socket = await listener.AcceptAsync(cancellationToken);
        socket.NoDelay = true;
        var link = new ServerLink(socket);
        await link.HandshakeAsync(options, cancellationToken);
        return link;
    }

    public async Task SendAsync(string xml, CancellationToken cancellationToken) =>
        await SendAsync(Encoding.UTF8.GetBytes(xml), cancellationToken);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty) bytes = bytes[await Socket.SendAsync(bytes, cancellationToken)..];
    }

    public void Dispose() => Socket.Dispose();

    private async Task HandshakeAsync(Arguments options, CancellationToken cancellationToken)
    {
        await ReadUntilAsync(">", "<stream:stream", cancellationToken);
        var id = Convert.ToHexString(RandomNumberGenerator.GetBytes(8));
        await SendAsync("<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
            + $"xmlns:stream='http://etherx.jabber.org/streams' from='{options.Jid}' id='{id}'>", cancellationToken);
        var got = await ReadUntilAsync("</handshake>", "<handshake", cancellationToken);
        var wanted = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(id + options.Secret)));
        if (!got.Contains(wanted, StringComparison.Ordinal)) throw new InvalidOperationException("The component's handshake is wrong.");
        await SendAsync("<handshake/>", cancellationToken);
    }

    private async Task<string> ReadUntilAsync(string end, string start, CancellationToken cancellationToken)
    {
        var text = "";
        var buffer = new byte[4096];
        while (true)
        {
            var from = text.IndexOf(start, StringComparison.Ordinal);
            if (from >= 0 && text.IndexOf(end, from, StringComparison.Ordinal) >= 0) return text;
            var n = await Socket.ReceiveAsync(buffer, cancellationToken);
            if (n == 0) throw new IOException("The component closed its stream during the handshake.");
            text += Encoding.UTF8.GetString(buffer, 0, n);
        }
    }
}
