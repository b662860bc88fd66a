using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Interop.Muc;

/// <summary>The server's side of XEP-0114 on a loopback port, for components that run as processes of their own and are killed:
/// takes one connection after the other, forgets nothing between them.</summary>
internal sealed class ComponentServer : IAsyncDisposable
{
    public const string Secret = "the-secret-of-the-tests";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<Stanza> _stanzas = Channel.CreateUnbounded<Stanza>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource<Socket> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ComponentServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What the component sends, in order, over all its connections.</summary>
    public ChannelReader<Stanza> Stanzas => _stanzas.Reader;

    /// <summary>Completes with the connection of a component whose handshake was right.</summary>
    public Task<Socket> ConnectedAsync() => _connected.Task.WaitAsync(TimeSpan.FromMinutes(2));

    /// <summary>False where the component is not there, or went while it was written to.</summary>
    public async Task<bool> TrySendAsync(string xml)
    {
        var connected = _connected.Task;
        if (!connected.IsCompletedSuccessfully)
            return false;
        try
        {
            ReadOnlyMemory<byte> rest = Encoding.UTF8.GetBytes(xml);
            while (!rest.IsEmpty)
                rest = rest[await connected.Result.SendAsync(rest)..];
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                await ServeAsync(socket);
                _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
        _stanzas.Writer.TryComplete();
    }

    private async Task ServeAsync(Socket socket)
    {
        using var framer = new StanzaFramer();
        var buffer = new byte[64 * 1024];
        var id = Convert.ToHexString(RandomNumberGenerator.GetBytes(8));
        try
        {
            while (true)
            {
                var n = await socket.ReceiveAsync(buffer, _stop.Token);
                if (n == 0)
                    return;
                foreach (var reply in Take(framer, buffer.AsSpan(0, n), id, out var isAccepted))
                {
                    await socket.SendAsync(Encoding.UTF8.GetBytes(reply), _stop.Token);
                    if (isAccepted)
                        _connected.TrySetResult(socket);
                }
            }
        }
        catch (SocketException)
        {
            // Killed.
        }
    }

    private List<string> Take(StanzaFramer framer, ReadOnlySpan<byte> bytes, string id, out bool isAccepted)
    {
        var replies = new List<string>();
        isAccepted = false;
        while (true)
        {
            switch (framer.Read(ref bytes, out var stanza))
            {
                case FrameKind.Header:
                    replies.Add("<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
                        + $"xmlns='jabber:component:accept' id='{id}'>");
                    break;
                case FrameKind.Element:
                    var proof = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(id + Secret)));
                    isAccepted = framer.Element!.Text == proof;
                    replies.Add(isAccepted ? "<handshake/>" : "</stream:stream>");
                    break;
                case FrameKind.Stanza:
                    _stanzas.Writer.TryWrite(stanza!);
                    break;
                default:
                    return replies;
            }
        }
    }
}
