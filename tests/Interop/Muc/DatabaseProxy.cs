using System.Net;
using System.Net.Sockets;

namespace Annex.Interop.Muc;

/// <summary>Stands between a service and its PostgreSQL, and breaks what is between them where a test wants it broken.</summary>
internal sealed class DatabaseProxy(int databasePort) : IAsyncDisposable
{
    /// <summary>In the messages whose commits can be broken, and in nothing else that goes to the database.</summary>
    public const string Text = "<body>b</body></message>";

    private static readonly byte[] Mark = System.Text.Encoding.UTF8.GetBytes(Text);

    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private readonly CancellationTokenSource _stop = new();
    private TcpListener? _listener;
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (Socket Server, byte[] Request)? _late;
    private TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Commit _next;
    private bool _refuses;

    /// <summary>What becomes of the next commit of a transaction that wrote messages.</summary>
    public enum Commit { Passes, IsDropped, LosesItsAnswer, HangsBeforeItsAnswer, ArrivesLate }

    public int Port { get; private set; }

    /// <summary>Completes when the commit that was to be broken has been.</summary>
    public Task Broken => _broken.Task;

    /// <param name="refuses">Whether from then on there is no database at all, until <see cref="Allow"/>.</param>
    public void Arm(Commit next, bool refuses = false)
    {
        lock (_gate)
        {
            _next = next;
            _refuses = refuses;
            _broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Connections are taken.</summary>
    public void Allow()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _listener = listener;
        _ = TakeAsync(listener);
    }

    /// <summary>Every connection breaks, and new ones are refused.</summary>
    public void Refuse()
    {
        _listener?.Dispose();
        lock (_gate)
        {
            foreach (var socket in _open) socket.Dispose();
            _open.Clear();
        }
    }

    /// <summary>The database gets what was held up on its way; completes when it has answered.</summary>
    public async Task LetArriveAsync()
    {
        var (server, request) = _late!.Value;
        await server.SendAsync(request);
        await _answered.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _late?.Server.Dispose();
        Refuse();
        _stop.Dispose();
    }

    private async Task TakeAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync();
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                lock (_gate) _open.AddRange([client, server]);
                await server.ConnectAsync(IPAddress.Loopback, databasePort);
                var link = new Link(this, client, server);
                _ = link.PassAsync(client, server, isRequest: true);
                _ = link.PassAsync(server, client, isRequest: false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Refused from now on.
        }
    }

    private Commit Take()
    {
        lock (_gate)
        {
            var taken = _next;
            _next = Commit.Passes;
            return taken;
        }
    }

    private void Break()
    {
        if (_refuses) Refuse();
        _broken.TrySetResult();
    }

    private sealed class Link(DatabaseProxy proxy, Socket client, Socket server)
    {
        private bool _hasMessages;
        private bool _isInTransaction;
        private Commit _broken;

        public async Task PassAsync(Socket from, Socket to, bool isRequest)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (await from.ReceiveAsync(buffer) is > 0 and var count)
                {
                    var text = buffer.AsMemory(0, count);
                    if (isRequest ? IsLostRequest(text) : await IsLostAnswerAsync())
                        return;
                    for (var sent = 0; sent < count;)
                        sent += await to.SendAsync(text[sent..]);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // Broken, as links are.
            }
            End();
        }

        private bool IsLostRequest(ReadOnlyMemory<byte> text)
        {
            _isInTransaction |= text.Span.IndexOf("BEGIN"u8) >= 0;
            _hasMessages |= text.Span.IndexOf(Mark) >= 0;
            // What is sent outside a transaction is one by itself.
            if (_isInTransaction && text.Span.IndexOf("COMMIT"u8) < 0 && text.Span.IndexOf("ROLLBACK"u8) < 0)
                return false;
            _isInTransaction = false;
            if (!_hasMessages)
                return false;
            _hasMessages = false;
            _broken = proxy.Take();
            if (_broken == Commit.ArrivesLate)
            {
                lock (proxy._gate)
                    proxy._open.Remove(server);
                proxy._late = (server, text.ToArray());
                client.Dispose();
                proxy.Break();
                return true;
            }
            if (_broken != Commit.IsDropped)
                return false;
            proxy.Break();
            End();
            return true;
        }

        private async Task<bool> IsLostAnswerAsync()
        {
            if (_broken == Commit.ArrivesLate)
                proxy._answered.TrySetResult();
            if (_broken is not (Commit.LosesItsAnswer or Commit.HangsBeforeItsAnswer))
                return false;
            proxy.Break();
            if (_broken == Commit.HangsBeforeItsAnswer)
                await Task.Delay(Timeout.Infinite, proxy._stop.Token);
            End();
            return true;
        }

        private void End()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
