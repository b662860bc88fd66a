using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Annex.Load;

/// <summary>Real client connections (SASL PLAIN on loopback) end to end: all join one room, one after another speaks.</summary>
internal sealed class ClientLoad : IAsyncDisposable
{
    private readonly Arguments _options;
    private readonly Conversation _seen = new();
    private readonly CancellationTokenSource _stop;
    private readonly List<Task> _reading = [];
    private Socket[] _sockets = [];

    public ClientLoad(Arguments options, CancellationToken cancellationToken)
    {
        _options = options;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    public static async Task<int> RunAsync(Arguments options, CancellationToken cancellationToken)
    {
        await using var load = new ClientLoad(options, cancellationToken);
        await load.LoginAsync(cancellationToken);
        Console.WriteLine(await load.JoinAsync(cancellationToken));
        await load.TalkAsync(options.Warm, cancellationToken);
        Console.WriteLine(await load.TalkAsync(options.Talk, cancellationToken));
        return 0;
    }

    private string Room => $"room0@{_options.Jid}";

    public async Task LoginAsync(CancellationToken cancellationToken)
    {
        // Some at once: a server that takes its time over each password is not asked for five hundred in one moment.
        using var atOnce = new SemaphoreSlim(20);
        _sockets = await Task.WhenAll(Enumerable.Range(0, _options.Users).Select(async user =>
        {
            await atOnce.WaitAsync(cancellationToken);
            try
            {
                return await LoginAsync(user, cancellationToken);
            }
            finally
            {
                atOnce.Release();
            }
        }));
        await WaitForRoomsAsync(cancellationToken);
        _reading.AddRange(_sockets.Select(s => ReadAsync(s, _stop.Token)));
    }

    public async Task<JoinFigures> JoinAsync(CancellationToken cancellationToken)
    {
        var cpu = ProcessFigures.CpuSeconds(_options.Pids);
        var watch = Stopwatch.StartNew();
        for (var user = 0; user < _options.Users; user++)
        {
            await SendAsync(user, $"<presence to='{Room}/nick{user}'><x xmlns='http://jabber.org/protocol/muc'>"
                + "<history maxstanzas='0'/></x></presence>", cancellationToken);
            if (user > 0)
                continue;
            await _seen.UntilAsync(() => _seen.Presences >= 1, cancellationToken);
            await SendAsync(0, $"<iq type='set' id='c' to='{Room}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
                + "<x xmlns='jabber:x:data' type='submit'/></query></iq>", cancellationToken);
            await _seen.UntilAsync(() => _seen.Iqs >= 1, cancellationToken);
        }
        var wanted = (long)_options.Users * _options.Users;
        await _seen.UntilAsync(() => _seen.Presences >= wanted, cancellationToken);
        var seconds = watch.Elapsed.TotalSeconds;
        var used = ProcessFigures.CpuSeconds(_options.Pids) - cpu;
        await _seen.UntilQuietAsync(cancellationToken);
        return new JoinFigures(_options.Users, seconds, used * 1e6 / wanted, 0);
    }

    public Task<TalkFigures> TalkAsync(double seconds, CancellationToken cancellationToken)
    {
        var body = new string('x', _options.Body);
        return _seen.TalkAsync(_options.Users, _options.Window, seconds, _options.Pids, async (first, count, token) =>
        {
            for (var number = first; number < first + count; number++)
            {
                await SendAsync(number % _options.Users,
                    $"<message type='groupchat' id='m{number}' to='{Room}'><body>{number} {body}</body></message>", token);
            }
        }, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_reading);
        foreach (var socket in _sockets)
            socket.Dispose();
        _stop.Dispose();
    }

    /// <summary>Until the component behind the server answers: its address exists for the server before it is there.</summary>
    private async Task WaitForRoomsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await AskAsync(_sockets[0], $"<iq type='get' id='d' to='{_options.Jid}'>"
                + "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>", ">", cancellationToken);
            if (!answer.Contains("error", StringComparison.Ordinal))
                return;
            await Task.Delay(100, cancellationToken);
        }
    }

    private async Task<Socket> LoginAsync(int user, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_options.Host, _options.Port, cancellationToken);
        var open = $"<?xml version='1.0'?><stream:stream to='{_options.Domain}' xmlns='jabber:client' "
            + "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
        await AskAsync(socket, open, "</stream:features>", cancellationToken);
        var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0u{user}\0{_options.Password}"));
        await AskAsync(socket, $"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>", "<success", cancellationToken);
        await AskAsync(socket, open, "</stream:features>", cancellationToken);
        await AskAsync(socket, "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>load</resource></bind></iq>",
            "</iq>", cancellationToken);
        return socket;
    }

    private static async Task<string> AskAsync(Socket socket, string xml, string until, CancellationToken cancellationToken)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(xml), cancellationToken);
        var text = "";
        var buffer = new byte[8192];
        while (!text.Contains(until, StringComparison.Ordinal))
        {
            var n = await socket.ReceiveAsync(buffer, cancellationToken);
            if (n == 0)
                throw new IOException($"The server closed the stream: {text}");
            text += Encoding.UTF8.GetString(buffer, 0, n);
            if (text.Contains("<failure", StringComparison.Ordinal))
                throw new IOException($"The server refused: {text}");
        }
        return text;
    }

    private Task<int> SendAsync(int user, string xml, CancellationToken cancellationToken) =>
        _sockets[user].SendAsync(Encoding.UTF8.GetBytes(xml), cancellationToken).AsTask();

    private async Task ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        var scan = new StanzaScan();
        (long, long, long, long) told = default;
        try
        {
            while (true)
            {
                var n = await socket.ReceiveAsync(buffer, cancellationToken);
                if (n == 0)
                    return;
                scan.Add(buffer.AsSpan(0, n));
                _seen.Add(scan, ref told);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The run is over, or the server closed.
        }
    }
}
