using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Annex.Load;

/// <summary>Real client connections (SASL PLAIN on loopback) end to end: all join one room, one after another speaks.</summary>
internal sealed class ClientLoad(Arguments options)
{
    private readonly SemaphoreSlim _arrived = new(0);
    private Socket[] _sockets = [];
    private long _messages;
    private long _presences;

    public static async Task<int> RunAsync(Arguments options, CancellationToken cancellationToken)
    {
        var load = new ClientLoad(options);
        try
        {
            await load.RunAsync(cancellationToken);
            return 0;
        }
        finally
        {
            foreach (var socket in load._sockets) socket.Dispose();
        }
    }

    private string Room => $"room0@{options.Jid}";

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        _sockets = await Task.WhenAll(Enumerable.Range(0, options.Users).Select(u => LoginAsync(u, cancellationToken)));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = _sockets.Select(s => ReadAsync(s, stop.Token)).ToArray();
        await JoinAsync(cancellationToken);
        await TalkAsync(cancellationToken);
        await stop.CancelAsync();
        await Task.WhenAll(reading);
    }

    private async Task<Socket> LoginAsync(int user, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(options.Host, options.Port, cancellationToken);
        var open = $"<?xml version='1.0'?><stream:stream to='{options.Domain}' xmlns='jabber:client' "
            + "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
        await AskAsync(socket, open, "</stream:features>", cancellationToken);
        var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0u{user}\0{options.Password}"));
        await AskAsync(socket, $"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>", "<success", cancellationToken);
        await AskAsync(socket, open, "</stream:features>", cancellationToken);
        await AskAsync(socket, "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>load</resource></bind></iq>",
            "</iq>", cancellationToken);
        return socket;
    }

    private static async Task AskAsync(Socket socket, string xml, string until, CancellationToken cancellationToken)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(xml), cancellationToken);
        var text = "";
        var buffer = new byte[8192];
        while (!text.Contains(until, StringComparison.Ordinal))
        {
            var n = await socket.ReceiveAsync(buffer, cancellationToken);
            if (n == 0) throw new IOException($"The server closed the stream: {text}");
            text += Encoding.UTF8.GetString(buffer, 0, n);
        }
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        var cpu = ProcessFigures.CpuSeconds(options.Pids);
        var watch = Stopwatch.StartNew();
        for (var user = 0; user < options.Users; user++)
        {
            await SendAsync(user, $"<presence to='{Room}/nick{user}'><x xmlns='http://jabber.org/protocol/muc'>"
                + "<history maxstanzas='0'/></x></presence>", cancellationToken);
            if (user > 0) continue;
            await UntilAsync(() => Interlocked.Read(ref _presences) >= 1, cancellationToken);
            await SendAsync(0, $"<iq type='set' id='c' to='{Room}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
                + "<x xmlns='jabber:x:data' type='submit'/></query></iq>", cancellationToken);
        }
        var wanted = (long)options.Users * options.Users;
        await UntilAsync(() => Interlocked.Read(ref _presences) >= wanted, cancellationToken);
        Console.WriteLine($"joined {options.Users} clients in {watch.Elapsed.TotalSeconds:F2} s, "
            + $"{(ProcessFigures.CpuSeconds(options.Pids) - cpu) * 1e6 / wanted:F2} CPU us per presence");
    }

    private async Task TalkAsync(CancellationToken cancellationToken)
    {
        var body = new string('x', options.Body);
        var cpu = ProcessFigures.CpuSeconds(options.Pids);
        var needed = Interlocked.Read(ref _messages);
        var before = needed;
        var latencies = new Latencies();
        var onTheirWay = new Queue<(long Needed, long Time)>();
        var watch = Stopwatch.StartNew();
        for (var sent = 0; sent < options.Messages || onTheirWay.Count > 0;)
        {
            while (sent < options.Messages && onTheirWay.Count < options.Window)
            {
                needed += options.Users;
                onTheirWay.Enqueue((needed, Stopwatch.GetTimestamp()));
                await SendAsync(sent % options.Users,
                    $"<message type='groupchat' id='m{sent}' to='{Room}'><body>{sent} {body}</body></message>", cancellationToken);
                sent++;
            }
            var first = onTheirWay.Peek().Needed;
            await UntilAsync(() => Interlocked.Read(ref _messages) >= first, cancellationToken);
            while (onTheirWay.TryPeek(out var oldest) && Interlocked.Read(ref _messages) >= oldest.Needed)
                latencies.Add(Stopwatch.GetElapsedTime(onTheirWay.Dequeue().Time));
        }
        var deliveries = Interlocked.Read(ref _messages) - before;
        Console.WriteLine($"{deliveries} deliveries in {watch.Elapsed.TotalSeconds:F2} s, "
            + $"{deliveries / watch.Elapsed.TotalSeconds:F0} deliveries/s, "
            + $"{(ProcessFigures.CpuSeconds(options.Pids) - cpu) * 1e6 / deliveries:F2} CPU us per delivery, "
            + $"p50 {latencies.Quantile(0.5):F2} ms, p99 {latencies.Quantile(0.99):F2} ms");
    }

    private Task<int> SendAsync(int user, string xml, CancellationToken cancellationToken) =>
        _sockets[user].SendAsync(Encoding.UTF8.GetBytes(xml), cancellationToken).AsTask();

    private async Task ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        var scan = new StanzaScan();
        long messages = 0, presences = 0;
        try
        {
            while (true)
            {
                var n = await socket.ReceiveAsync(buffer, cancellationToken);
                if (n == 0) return;
                scan.Add(buffer.AsSpan(0, n));
                Interlocked.Add(ref _messages, scan.Messages - messages);
                Interlocked.Add(ref _presences, scan.Presences - presences);
                (messages, presences) = (scan.Messages, scan.Presences);
                if (_arrived.CurrentCount == 0) _arrived.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task UntilAsync(Func<bool> holds, CancellationToken cancellationToken)
    {
        while (!holds()) await _arrived.WaitAsync(cancellationToken);
    }
}
