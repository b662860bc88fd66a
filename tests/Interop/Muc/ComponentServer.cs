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
    private readonly List<Task> _serving = [];
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

    /// <summary>Components that shook hands so far.</summary>
    public int Handshakes { get; private set; }

    /// <summary>Completes with the connection of a component whose handshake was right.</summary>
    public Task<Socket> ConnectedAsync() => _connected.Task.WaitAsync(TimeSpan.FromMinutes(2));

    /// <summary>Completes when the component shook hands once more than at the last call, or than at all.</summary>
    public async Task NextConnectionAsync()
    {
        var before = Handshakes;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (Handshakes == before)
            await Task.Delay(20, limit.Token);
        await ConnectedAsync();
    }

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
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                _serving.Add(ServeAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
        await Task.WhenAll(_serving);
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
                        Connect(socket);
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Killed, or the test is over.
        }
        finally
        {
            if (_connected.Task is { IsCompletedSuccessfully: true } connected && connected.Result == socket)
                _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
            socket.Dispose();
        }
    }

    /// <summary>The newest connection counts: one that is ending may still be there.</summary>
    private void Connect(Socket socket)
    {
        if (_connected.TrySetResult(socket))
            return;
        var connected = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        connected.SetResult(socket);
        _connected = connected;
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
                    Handshakes += isAccepted ? 1 : 0;
                    replies.Add(isAccepted ? "<handshake/>" : "</stream:stream>");
                    break;
                case FrameKind.Stanza when stanza!.To is { } to && to.Equals(stanza.From):
                    // A component that pings itself to see whether its server is there.
                    replies.Add(Encoding.UTF8.GetString(stanza.Raw.Span));
                    stanza.Dispose();
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
