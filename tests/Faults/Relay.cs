using System.Net;
using System.Net.Sockets;

namespace Annex.Faults;

/// <summary>Passes TCP connections on, as slowly as it is told.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _passing = [];
    private readonly Task _accepting;

    /// <param name="here">Where it listens.</param>
    /// <param name="target">A port on the loopback interface.</param>
    public Relay(IPAddress here, int target)
    {
        _listener = new TcpListener(here, 0);
        _listener.Start();
        _target = target;
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How long each piece is on its way, in either direction.</summary>
    public TimeSpan Delay { get; set; }

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
                _passing.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
        await Task.WhenAll(_passing);
    }

    private async Task PassAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                near.NoDelay = far.NoDelay = true;
                // One end of either direction ends both: half an open connection is none of what is tried here.
                await Task.WhenAny(CopyAsync(near.GetStream(), far.GetStream()), CopyAsync(far.GetStream(), near.GetStream()));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // Broken, as it may be.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int n;
            while ((n = await from.ReadAsync(buffer, _stop.Token)) > 0)
            {
                if (Delay > TimeSpan.Zero)
                    await Task.Delay(Delay, _stop.Token);
                await to.WriteAsync(buffer.AsMemory(0, n), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // See above.
        }
    }
}
