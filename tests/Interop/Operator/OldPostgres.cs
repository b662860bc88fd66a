using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Annex.Interop.Operator;

/// <summary>The real PostgreSQL behind a pipe that changes one thing: it calls itself version 12. (An old server is not to be had
/// beside the new one.)</summary>
internal sealed class OldPostgres : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly int _port;
    private readonly Task _running;

    private OldPostgres(NpgsqlConnectionStringBuilder behind)
    {
        _port = behind.Port;
        _listener.Start();
        behind.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        behind.SslMode = SslMode.Disable;
        behind.GssEncryptionMode = GssEncryptionMode.Disable;
        behind.Pooling = false;
        Database = behind.ConnectionString;
        _running = AcceptAsync();
    }

    public string Database { get; }

    public static OldPostgres InFrontOf(string database) => new(new NpgsqlConnectionStringBuilder(database));

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _running;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var conversations = new List<Task>();
        try
        {
            while (true)
                conversations.Add(TalkAsync(await _listener.AcceptTcpClientAsync(_ending.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(conversations);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _port, _ending.Token);
                await Task.WhenAny(
                    CopyAsync(client.GetStream(), server.GetStream(), isAnswer: false),
                    CopyAsync(server.GetStream(), client.GetStream(), isAnswer: true));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
            {
                // One end left.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool isAnswer)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, _ending.Token)) > 0;)
            {
                // ParameterStatus: the name, a zero byte, the version, all of which the server sends in one piece.
                if (isAnswer && buffer.AsSpan(0, read).IndexOf("server_version\0"u8) is >= 0 and var at)
                    "12"u8.CopyTo(buffer.AsSpan(at + 15));
                await to.WriteAsync(buffer.AsMemory(0, read), _ending.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // One end left.
        }
    }
}
